"""For every model: what Pydantic says of each value, and what the runner reports. Prints JSON lines. Argument: the folder
of the runner."""

import json
import sys
import warnings

warnings.simplefilter("ignore")
sys.path[:0] = [sys.argv[1]]

from models import SCHEMAS, VALUES  # noqa: E402
from motia_runner import models, schemas  # noqa: E402


def main():
    print(json.dumps(VALUES))
    for schema in SCHEMAS:
        judge = models.judge_of(schema)
        problems = []
        told = schemas.convert(schema, problems, "bodySchema")
        verdicts = [not models.check(judge, value)[1] for value in VALUES]
        row = {"source": repr(getattr(schema, "model_fields", schema)), "json": told, "copy": schemas.accepted(schema)}
        print(json.dumps({**row, "problems": problems, "verdicts": verdicts}, default=str))


main()
