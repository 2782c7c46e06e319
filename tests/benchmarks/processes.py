"""What a process and its children have used: CPU seconds and resident memory."""

import os
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def tree(pid: int) -> list[int]:
    """A process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [pid]
    for known in found:
        found += children.get(known, [])
    return found


def cpu_seconds(pids: list[int]) -> dict[int, float]:
    """User and system time of each of these processes that lives, by the clocks of clock_getcpuclockid(3).

    They tell nanoseconds where /proc tells hundredths of a second: 300 introspections take six of those.
    """
    used = {}
    for pid in pids:
        try:
            used[pid] = time.clock_gettime((~pid << 3) | 2)
        except OSError:  # it has ended
            continue
    return used


def event_loop_seconds(pids: list[int]) -> float:
    """User and system time of the first thread of each: the one that runs the event loop. The others hash passwords."""
    return sum(sum(map(int, fields[11:13])) for pid in pids if (fields := _stat(pid, thread=True))) / TICKS


def resident_bytes(pids: list[int]) -> int:
    """The largest resident memory of any of them."""
    return max(int(fields[21]) * PAGE for pid in pids if (fields := _stat(pid)))


def _stat(pid: int, *, thread: bool = False) -> list[str]:
    """The fields of proc(5) from the state on; the name before them may hold spaces."""
    try:
        return (
            Path(f"/proc/{pid}/task/{pid}/stat" if thread else f"/proc/{pid}/stat")
            .read_text()
            .rpartition(")")[2]
            .split()
        )
    except (FileNotFoundError, ProcessLookupError):
        return []
