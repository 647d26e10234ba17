"""Reads records of any topic with the registry's HTTP API alone: one base64 value a line in, one JSON document a line out."""
import base64
import datetime
import decimal
import io
import json
import sys
import urllib.request

import fastavro

REGISTRY = sys.argv[1]
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
schemas = {}


def schema(schema_id):
    if schema_id not in schemas:
        with urllib.request.urlopen(f"{REGISTRY}/schemas/ids/{schema_id}") as answer:
            schemas[schema_id] = fastavro.parse_schema(json.loads(json.load(answer)["schema"]))
    return schemas[schema_id]


def plain(value):
    if isinstance(value, decimal.Decimal):
        return {"decimal": format(value, "f")}
    if isinstance(value, datetime.datetime):
        return (value - EPOCH) // datetime.timedelta(milliseconds=1)
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {name: plain(field) for name, field in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


for line in sys.stdin:
    framed = base64.b64decode(line)
    assert framed[0] == 0, "not in Confluent framing"
    event = fastavro.schemaless_reader(io.BytesIO(framed[5:]), schema(int.from_bytes(framed[1:5], "big")))
    print(json.dumps(plain(event)))
