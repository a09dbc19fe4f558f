"""The spool: files appear whole, are claimed once, and never fill the disk."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from opsbell import spool as module
from opsbell.spool import Spool

NOBODY = 65534
ORIGIN = "http://ada.example"


def entry(number: int) -> dict[str, object]:
    return {"path": "/api/tasks", "body": {"taskId": f"t_{number}"}}


def test_what_is_saved_can_be_claimed(tmp_path):
    """The oldest file is claimed first, with its entries as they were."""
    spool = Spool(str(tmp_path / "a" / "b"), ORIGIN)
    spool.save([entry(1), entry(2)])
    spool.save([entry(3)])

    claim = spool.claim()

    assert claim is not None
    assert [entry(1), entry(2)] == claim.entries


def test_a_file_is_claimed_by_one_only(tmp_path):
    """Of many that reach for the same files, each file goes to one, one after the other."""
    for number in range(20):
        Spool(str(tmp_path), ORIGIN).save([entry(number)])
    claimed: list[str] = []

    def claim_all():
        while len(claimed) < 20:
            claim = Spool(str(tmp_path), ORIGIN).claim()
            if claim is not None:
                claimed.append(str(claim.entries))
                claim.entries.clear()
                claim.release()

    threads = [threading.Thread(target=claim_all) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert claimed == [str([entry(number)]) for number in range(20)]


def test_what_was_not_delivered_is_put_back_with_its_age(tmp_path):
    """Released entries are there for the next run, and go on growing old."""
    spool = Spool(str(tmp_path), ORIGIN)
    born = time.time_ns() - 3600 * 10**9
    spool.save([entry(1), entry(2)], born=born)
    claim = spool.claim()
    assert claim is not None
    claim.entries.pop(0)

    claim.release()

    (file,) = tmp_path.iterdir()
    assert file.name.startswith(f"{born:020d}-")
    assert [entry(2)] == [json.loads(line) for line in file.read_text().splitlines()]


def test_nothing_overtakes_what_another_process_delivers(tmp_path):
    """While an older file is claimed, a newer one waits; the claim is seen."""
    spool = Spool(str(tmp_path), ORIGIN)
    spool.save([entry(1)])
    spool.save([entry(2)])
    claim = spool.claim()
    assert claim is not None

    assert (spool.claim(), spool.is_held()) == (None, True)
    claim.entries.clear()
    claim.release()
    assert not spool.is_held()
    assert (after := spool.claim()) is not None
    assert after.entries == [entry(2)]


def test_a_claim_ends_with_its_process(tmp_path):
    """Nobody waits for a process that is gone; PIDs are not used again at once."""
    spool = Spool(str(tmp_path), ORIGIN)
    spool.save([entry(1)])
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    (file,) = tmp_path.iterdir()
    file.rename(tmp_path / f"{file.name}.{int(time.time())}.{gone.pid}")

    assert not spool.is_held()
    assert spool.claim() is not None


def test_a_claim_of_a_dead_process_can_be_taken_over(tmp_path):
    """A file claimed long ago is free again, one claimed just now is not."""
    spool = Spool(str(tmp_path), ORIGIN)
    spool.save([entry(1)])
    spool.claim()
    assert spool.claim() is None

    (file,) = tmp_path.iterdir()
    base = file.name.partition(".jsonl")[0]
    file.rename(tmp_path / f"{base}.jsonl.{int(time.time()) - module.CLAIM_SECONDS - 1}.1")

    assert spool.claim() is not None


def test_news_for_another_server_are_left_alone(tmp_path):
    """What was meant for one server is not told to another."""
    Spool(str(tmp_path), ORIGIN).save([entry(1)])

    assert Spool(str(tmp_path), "http://ben.example").claim() is None


def test_old_news_make_room(tmp_path):
    """Files older than a week, and the oldest of too many, are dropped; foreign files are not."""
    (tmp_path / "README").write_text("mine")
    spool = Spool(str(tmp_path), ORIGIN)
    spool.save([entry(0)], born=time.time_ns() - 8 * 86400 * 10**9)
    for number in range(module.MAX_FILES + 5):
        spool.save([entry(number)])

    assert len(list(tmp_path.glob("*.jsonl"))) == module.MAX_FILES
    assert (tmp_path / "README").exists()


def test_only_spools_of_this_user_are_touched(tmp_path):
    """Files that look alike, links and folders are neither read nor dropped."""
    spool = Spool(str(tmp_path / "mine"), ORIGIN)
    spool.save([entry(1)])
    (file,) = (tmp_path / "mine").iterdir()
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "20201231-backup.jsonl").write_text("{}")
    (shared / "1-2-3.jsonl").write_text("{}")
    (shared / file.name).symlink_to(file)
    (shared / file.name.replace(file.name[:4], "0001")).mkdir()
    before = sorted(path.name for path in shared.iterdir())

    other = Spool(str(shared), ORIGIN)
    assert other.claim() is None
    for number in range(module.MAX_FILES + 1):
        other.save([entry(number)])

    assert set(before) <= {path.name for path in shared.iterdir()}
    assert file.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_file_of_another_user_is_not_trusted(tmp_path):
    """What somebody else put into a shared folder is not told under our token."""
    spool = Spool(str(tmp_path), ORIGIN)
    spool.save([entry(1)])
    (file,) = tmp_path.iterdir()
    os.chown(file, 12345, -1)

    assert spool.claim() is None


@pytest.mark.parametrize("path", ["", "api", "/a b", "/a\r\nX: y", "/é", None])
def test_an_address_that_is_none_is_skipped(tmp_path, path):
    """An entry cannot put anything into the head of a request."""
    spool = Spool(str(tmp_path), ORIGIN)
    spool.save([{"path": path, "body": {}}, {"path": "/api/tasks"}, entry(1)])

    claim = spool.claim()

    assert claim is not None
    assert claim.entries == [entry(1)]


def test_a_damaged_file_is_no_error(tmp_path):
    """Lines that cannot be read are skipped."""
    spool = Spool(str(tmp_path), ORIGIN)
    spool.save([entry(1)])
    (file,) = tmp_path.iterdir()
    file.write_bytes(b'\xff{"half\n[1]\n{"path": 3}\n' + file.read_bytes())

    claim = spool.claim()

    assert claim is not None
    assert [entry(1)] == claim.entries


def test_a_file_that_cannot_be_read_holds_nobody_up():
    """It is left as it is, and what is newer is delivered."""
    with tempfile.TemporaryDirectory() as folder:
        is_root = os.geteuid() == 0
        if is_root:  # Nothing is unreadable for root.
            os.chown(folder, NOBODY, NOBODY)
            os.seteuid(NOBODY)
        try:
            spool = Spool(folder, ORIGIN)
            spool.save([entry(1)])
            (unreadable,) = Path(folder).iterdir()
            unreadable.chmod(0)
            spool.save([entry(2)])
            claim = spool.claim()
            assert claim is not None
            assert claim.entries == [entry(2)]
            claim.entries.clear()
            claim.release()
            assert list(Path(folder).iterdir()) == [unreadable]
        finally:
            if is_root:
                os.seteuid(0)


def test_an_unfinished_file_is_not_claimed(tmp_path):
    """A file that is being written belongs to its writer."""
    spool = Spool(str(tmp_path), ORIGIN)
    spool.save([entry(1)])
    (file,) = tmp_path.iterdir()
    file.rename(file.with_suffix(".part"))

    assert spool.claim() is None
