"""`make record-heat CLOUD=...`: asks a real Heat the whole corpus, or what is new in it."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed

from differential import recorded
from differential.answers import answers
from differential.corpus import cases
from differential.heat import Heat
from differential.questions import in_groups

AT_ONCE = 5
"""Groups of cases that Heat is asked at a time."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="make record-heat", description=__doc__)
    parser.add_argument("--cloud", required=True, help="a name of clouds.yaml")
    parser.add_argument("--heat", default="", help="Heat's URL, when the catalog has none")
    parser.add_argument("--again", action="store_true", help="ask what was recorded too")
    chosen = parser.parse_args()
    heat = Heat(chosen.cloud, chosen.heat)
    known = {} if chosen.again else recorded.load()
    missing = [case for case in cases() if case not in known]
    groups = in_groups(missing)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        tasks = {pool.submit(answers, heat, group): group for group in groups}
        for task in as_completed(tasks):
            group = tasks[task]
            known.update(zip(group, task.result(), strict=True))
            # Kept at once: a long recording that stops is gone on with.
            recorded.save({case: known[case] for case in cases() if case in known})
            print(f"{group[0].version}: {len(group)} answers", file=sys.stderr)
    print(f"{len(missing)} asked, {len(known)} recorded", file=sys.stderr)


if __name__ == "__main__":
    main()
