"""The conventions of counting tools, on networks small enough to count by hand."""

import pytest

from helpers.complexity import AveragePool2D, Conv2D, Dense, Flatten, MaxPool2D, count, mlp
from helpers.experiments.counting_tools import by_convention, tool_reports


def test_a_plain_network():
    figures = by_convention(count(mlp([3, 4, 2]), (3,)), softmax=10)
    assert figures["weights only"] == figures["+ average pooling"] == 20
    assert figures["+ biases"] == 26
    assert figures["+ biases, twice ReLU and pooling"] == 26 + 2 * 4
    assert figures["2 per MAC, conv biases, ReLU, pooling"] == 40 + 4
    assert figures["2 per MAC, biases, pooling, softmax"] == 40 + 6 + 10


def test_convolution_and_pooling():
    """A window of 1 x 1 on 4 x 4 pixels, two kinds of pooling, and one dense output: 16 + 1 multiply-adds."""
    layers = [Conv2D(1, 1, 1), AveragePool2D(2), MaxPool2D(2), Flatten(), Dense(1, 1)]
    figures = by_convention(count(layers, (1, 4, 4)), adaptive_pooling=100)
    assert figures["weights only"] == 17
    assert figures["+ adaptive average pooling"] == 117
    assert figures["+ average pooling"] == 17 + 4 + 100
    assert figures["+ average pooling, adaptive twice"] == 17 + 4 + 200
    assert figures["+ biases"] == 17 + 17
    assert figures["+ biases, twice ReLU and pooling"] == 34 + 2 * (16 + 4 * 5 + 100)
    assert figures["2 per MAC, conv biases, ReLU, pooling"] == 34 + 16 + 16 + 4 * 5 + 100
    assert figures["2 per MAC, biases, pooling, softmax"] == 34 + 17 + 4 * 5


@pytest.mark.parametrize("kind", [MaxPool2D, AveragePool2D])
def test_pooling_by_any_window(kind):
    """Nine windows of 3 x 3 on 7 x 7 pixels, two apart: 49 numbers come in, 9 x 9 are seen, 9 come out."""
    figures = by_convention(count([kind(3, stride=2), Flatten(), Dense(9, 1)], (1, 7, 7)))
    assert figures["+ average pooling"] == 9 + (9 if kind is AveragePool2D else 0)
    assert figures["+ biases, twice ReLU and pooling"] == 9 + 1 + 2 * 49
    assert figures["2 per MAC, conv biases, ReLU, pooling"] == 18 + 49
    assert figures["2 per MAC, biases, pooling, softmax"] == 18 + 1 + 81


def test_relu_follows_all_layers_with_weights_but_the_last_whatever_comes_after():
    class Renamed(Dense):
        """A layer of another name is a dense one all the same."""

    layers = [Conv2D(1, 2, 1), Flatten(), Renamed(8, 3), Flatten()]
    figures = by_convention(count(layers, (1, 2, 2)))
    assert figures["+ biases"] == 8 + 24 + 8 + 3
    assert figures["2 per MAC, conv biases, ReLU, pooling"] == 64 + 8 + 8


def test_without_relu():
    assert by_convention(count(mlp([3, 4, 2]), (3,)), relu=False)["2 per MAC, conv biases, ReLU, pooling"] == 40


def test_all_reported_figures_follow_from_their_conventions():
    reports = tool_reports()
    assert len(reports) == 11
    for report in reports:
        assert report.figures == report.computed, report.tool


def test_flops_are_halved_to_compare_them():
    (deepspeed,) = (report for report in tool_reports() if report.tool == "DeepSpeed FLOPs")
    assert deepspeed.macs == [22, 845_648 / 2, 30_973_778_432 / 2]
    assert next(report for report in tool_reports() if report.tool == "torchinfo").macs[0] == 26


def test_what_is_no_count():
    with pytest.raises(TypeError, match=r"^counted must be what helpers\.complexity\.count returns, got 3"):
        by_convention(3)
