"""What `make test` runs: everything on SQLite, then what touches a database or a broker again on the real servers.

A server that does not answer is named; with ANSWERBACK_TEST_REQUIRE=postgresql,redis,rabbitmq,chromium it fails.
"""

import os
import shutil
import socket
import subprocess
import sys
from secrets import randbelow

PORTS = {"postgresql": 5432, "redis": 6379, "rabbitmq": 5672}
POSTGRESQL_URL = os.environ.get("ANSWERBACK_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1/answerback")


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError:
        return False
    return True


def found() -> set[str]:
    """The servers on their standard local ports, and the browser."""
    here = {name for name, port in PORTS.items() if answers(port)}
    return here | ({"chromium"} if shutil.which("chromium") else set())


def pytest(*arguments: str, **environment: str) -> int:
    # By file: tests of one file may share a broker, and xdist's groups are not heeded by pytest 9.2.
    spread = ("-n", str((os.cpu_count() or 1) + 1), "--dist", "loadfile")  # one more than cores: many tests wait
    return subprocess.call([sys.executable, "-m", "pytest", *spread, *arguments], env=os.environ | environment)


def main(arguments: list[str]) -> int:
    here, required = found(), set(filter(None, os.environ.get("ANSWERBACK_TEST_REQUIRE", "").split(",")))
    if unknown := required - {*PORTS, "chromium"}:
        sys.exit(f"ANSWERBACK_TEST_REQUIRE: {', '.join(sorted(unknown))} is unknown. Use {', '.join(PORTS)}, chromium.")
    for name in (*PORTS, "chromium"):
        if name not in here:
            where = f"port {PORTS[name]} of 127.0.0.1" if name in PORTS else "PATH"
            sys.stdout.write(f"{name} is not on {where}: its tests are left out\n")
    if missing := required - here:
        sys.exit(f"ANSWERBACK_TEST_REQUIRE asks for {', '.join(sorted(missing))}")
    sys.stdout.write("== SQLite\n")
    os.environ.setdefault("FAULT_SEED", str(randbelow(1_000_000)))
    sys.stdout.write(f"FAULT_SEED={os.environ['FAULT_SEED']} repeats the random moments of the faults\n")
    sys.stdout.flush()
    failed = pytest(*arguments)
    if "postgresql" in here:
        sys.stdout.write("== PostgreSQL\n")
        sys.stdout.flush()
        failed = pytest("--database-only", *arguments, DATABASE_URL=POSTGRESQL_URL) or failed
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
