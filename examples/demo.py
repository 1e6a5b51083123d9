"""A demonstration: a sandbox cloud and a Calor beside it, a three-tier application deployed,
changed and deleted. `make demo` runs it. It ends with 0 only if all went well and nothing is left.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

HERE = Path(__file__).resolve().parent
CALOR = str(Path(sys.executable).with_name("calor"))
STACK = "shop"
TEMPLATE = ["app.yaml", "-e", "environment.yaml", "--name", STACK]
PATIENCE = 20.0
"""Seconds within which the server must be ready, and must have ended."""


class Broken(Exception):
    """The demonstration can't go on."""


def main() -> int:
    started = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="calor-demo-") as folder, serving(folder) as log:
            show(folder, log)
    except Broken as error:
        print(f"\nThe demonstration failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130
    print(f"\nThat was Calor, in {time.monotonic() - started:.0f} seconds. Next: make serve.")
    return 0


def show(folder: str, log: Path) -> None:
    os.environ.update(
        OS_CLIENT_CONFIG_FILE=f"{folder}/clouds.yaml", OS_CLOUD="sandbox", CALOR_SERVER="catalog"
    )
    title("The plan")
    calor("plan", *TEMPLATE)
    title("Deployed")
    calor("deploy", *TEMPLATE, "--yes")
    title("What is there now")
    calor("output", STACK)
    calor("stack", "tree", STACK)
    title("What happened")
    calor("events", STACK)
    title("A new release: what would change")
    calor("plan", *TEMPLATE, "-p", "release=1.1")
    title("Changed")
    calor("deploy", *TEMPLATE, "-p", "release=1.1", "--yes")
    title("Deleted")
    calor("destroy", STACK, "--yes")
    title("What is left in the cloud")
    left = leftovers(sandbox_url(log))
    ends = time.monotonic() + PATIENCE
    while left and time.monotonic() < ends:
        time.sleep(0.5)  # the trust is kept a moment, for who goes on with another stack
        left = leftovers(sandbox_url(log))
    for thing in left:
        print(f"  {thing['service']} {thing['kind']} {thing['id']} {thing['name']}")
    if left:
        raise Broken(f"{len(left)} things are left in the cloud")
    print("Nothing.")


@contextlib.contextmanager
def serving(folder: str) -> Iterator[Path]:
    """A server within the context, its output in a file."""
    log = Path(folder) / "serve.log"
    command = [CALOR, "serve", "--sandbox", "--port", "0", "--dir", folder]
    with log.open("w") as output:
        server = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        until_ready(server, log)
        yield log
    except Broken:
        print(f"\nThe server's log:\n{log.read_text()[-4000:]}", file=sys.stderr)
        raise
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            server.kill()
            raise Broken(f"the server did not end within {PATIENCE:g} seconds") from None


def until_ready(server: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + PATIENCE
    while "Calor is at" not in log.read_text():
        if server.poll() is not None or time.monotonic() > ends:
            raise Broken("the server did not start")
        time.sleep(0.05)


def sandbox_url(log: Path) -> str:
    return log.read_text().partition("a simulated cloud at ")[2].split()[0].rstrip(".")


def leftovers(url: str) -> list[dict[str, str]]:
    with urlopen(f"{url}/sandbox/leftovers") as answer:
        found: list[dict[str, str]] = json.load(answer)["leftovers"]
    # Calor's own entry in the catalog is there as long as it serves
    return [thing for thing in found if thing["kind"] not in ("service", "endpoint")]


def calor(*arguments: str) -> None:
    """Runs a command as a person would, in the folder of the example."""
    print(f"$ calor {shlex.join(arguments)}", flush=True)
    done = subprocess.run([CALOR, *arguments], cwd=HERE / "three-tier", check=False)
    if done.returncode:
        raise Broken(f"calor {arguments[0]} ended with {done.returncode}")


def title(text: str) -> None:
    print(f"\n--- {text} ---\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
