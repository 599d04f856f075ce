"""Asks the reference implementation of JSON Schema which messages keep to which schema.

Reads a list of {"schema", "message"} and answers with a list of what is wrong with each message. A schema that breaks its own
draft ends it.
"""

import json
import sys

from jsonschema import Draft202012Validator

answers = []
for case in json.load(sys.stdin):
    Draft202012Validator.check_schema(case["schema"])
    wrong = Draft202012Validator(case["schema"]).iter_errors(case["message"])
    answers.append([error.message for error in wrong])
json.dump(answers, sys.stdout)
