"""What the chapters compute: experiments that end in numbers. Pictures of them are in `figures`, sliders in `live`."""
