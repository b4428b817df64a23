"""On the path of processes whose clock a trial sets: libfaketime 0.9 breaks the system call of Python's time.sleep."""

import select
import time

time.sleep = lambda seconds: select.select([], [], [], seconds) and None
