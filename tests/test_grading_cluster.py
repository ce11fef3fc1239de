"""A cluster of one's own on a machine that others use, too: with certificates nobody else gets in."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.submissions import CHAPTER
from tests.test_grading import ROOT, many
from tools.benchmarks.cluster import cluster

#: Another account of this machine asks a cluster to run its code, and prints as whom it has run.
STRANGER = """
import os, sys
from distributed import Client, Security
import distributed.comm.tcp, distributed.protocol.numpy
os.setgroups([]); os.setgid(54321); os.setuid(54321)
address, *files = sys.argv[1:]
words = dict(zip(("tls_ca_file", "tls_client_cert", "tls_client_key"), files))
security = Security(**words, require_encryption=True) if files else None
with Client(address, security=security, timeout=5, set_as_default=False) as client:
    print("ran as", client.submit(os.getuid).result(timeout=20))
"""
CERTIFICATE = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=class"


def certificate(folder):
    """Make a certificate and its key; return the files of authority, certificate and key."""
    made, key = str(folder / "class.pem"), str(folder / "class.key")
    subprocess.run([*CERTIFICATE.split(), "-out", made, "-keyout", key], check=True, capture_output=True)
    return made, made, key


def surroundings(files):
    """Return the environment in which Dask uses a certificate, as docs/teaching.md says."""
    names = [f"{role}__{what}" for role in ("SCHEDULER", "WORKER", "CLIENT") for what in ("CERT", "KEY")]
    tls = {"CA_FILE": files[0], **{name: files[1 + name.endswith("KEY")] for name in names}}
    return {**os.environ, **{f"DASK_DISTRIBUTED__COMM__TLS__{name}": value for name, value in tls.items()}}


@pytest.fixture
def open_folders():
    """Two folders that every account may look into; pytest closes its own, whenever another session of it begins."""
    with TemporaryDirectory() as own, TemporaryDirectory() as foreign:
        for folder in (own, foreign):
            os.chmod(folder, 0o755)
        yield Path(own), Path(foreign)


def stranger(address, *files):
    words = [sys.executable, "-c", STRANGER, address, *files]
    return subprocess.run(words, capture_output=True, text=True, cwd="/tmp", timeout=120)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_without_certificates_another_account_runs_code_on_it(tmp_path):
    """What the page warns of; it also shows that the stranger of the next test could."""
    with cluster(tmp_path) as (address, _processes):
        done = stranger(address)
    assert done.stdout == "ran as 0\n", done.stderr


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_with_certificates_it_grades_and_no_other_account_gets_in(tmp_path, open_folders):
    own, foreign = (certificate(folder) for folder in open_folders)
    for path in (*foreign, own[0]):  # the stranger made these; the class's certificate, without its key, is no secret
        os.chmod(path, 0o644)
    environment = surroundings(own)
    with cluster(tmp_path, "--protocol=tls", environment=environment) as (address, _processes):
        assert address.startswith("tls://")
        for files in ((), foreign, (own[0], *foreign[1:])):
            done = stranger(address, *files)
            assert done.returncode and "ran as" not in done.stdout
            assert "Timed out" in done.stderr or "SSL" in done.stderr or "TLS" in done.stderr, done.stderr
        done = stranger(address.replace("tls://", "tcp://"))
        assert done.returncode and "ran as" not in done.stdout
        out = tmp_path / "out"
        words = [many(tmp_path / "submitted", 2), out, f"--chapter={CHAPTER}", f"--scheduler={address}"]
        graded = [sys.executable, "-m", "helpers.grading", *map(str, words)]
        subprocess.run(graded, cwd=ROOT, env=environment, check=True, capture_output=True, timeout=300)
    assert len(list((out / "results").iterdir())) == 2
