"""The local cloud: the ministack package, with what only a local run needs.

- GET /_local/idle says what is still under way, so that a moved calendar can wait for its work.
- POST /_local/aws-events puts events whose source is AWS itself on a bus; the ordinary PutEvents refuses those, as AWS does.
- What the functions write goes to standard output, a line at a time, with the function's name in front.
- Nested templates go through the SAM transform, as the root template does.
- A queue keeps its address when the port differs from that of an earlier run.
- What a table's stream still has to tell is saved with the table: else the first records after a restart would be passed over.
- What an update leaves as it is in a nested stack keeps its attributes: else everything that refers to it would fail.
- It ends, saving its state, when its standard input closes: nobody has to look for it after a parent that was killed.
"""

import json
import os
import signal
import sys
import threading
import time

from ministack import app as cloud
from ministack.core import lambda_runtime
from ministack.services import dynamodb, eventbridge, lambda_svc, sqs
from ministack.services.cloudformation import _stacks, engine, provisioners

DEAD_LETTER = "-dead-letter"
output = threading.Lock()


def unread_stream_records():
    """Records in table streams that a mapping has not yet handed to its function."""
    unread = 0
    for key, mapping in list(lambda_svc._esms._data.items()):
        source = mapping.get("EventSourceArn", "")
        if ":dynamodb:" not in source or not mapping.get("Enabled", True):
            continue
        account, region, mapping_id = key
        table = source.split("/stream/")[0].split("/")[-1]
        where = {"account_id": account, "region": region}
        end = dynamodb.stream_end_position(table, **where)
        read = lambda_svc._dynamodb_stream_positions._data.get((account, region, mapping_id))
        unread += end - (dynamodb.stream_start_position(table, **where) if read is None else read)
    return unread


def is_put_off(message):
    return message["receive_count"] == 0 and message["visible_at"] > time.time()


def idle():
    queues = {}
    for queue in list(sqs._queues._data.values()):
        # A message that was put off is nobody's work yet.
        waiting = sum(not is_put_off(message) for message in queue.get("messages") or [])
        if waiting and not queue["name"].endswith(DEAD_LETTER):
            queues[queue["name"]] = waiting
    return {"queues": queues, "unread": unread_stream_records(), "running": lambda_svc._inflight_total}


async def body_of(receive):
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def with_local_paths(app):
    async def answer(scope, receive, send):
        path = scope.get("path") if scope["type"] == "http" else None
        if path == "/_local/idle":
            status, body = 200, json.dumps(idle()).encode()
        elif path == "/_local/aws-events":
            status, _, body = eventbridge._put_events(json.loads(await body_of(receive)), allow_aws_source=True)
        else:
            await app(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": status,
                    "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": body})

    return answer


class Told:
    """A function's output that is also told, line by line, while the cloud collects it."""

    def __init__(self, stream, name):
        self.stream, self.name = stream, name

    def readline(self):
        line = self.stream.readline()
        if line:
            with output:
                sys.stdout.buffer.write(b"[" + self.name.encode() + b"] " + line.rstrip() + b"\n")
                sys.stdout.buffer.flush()
        return line

    def close(self):
        self.stream.close()


def tell_output():
    collect = lambda_runtime.ProvidedWorker._pump_output

    def pump(self, stream, log_queue):
        collect(self, Told(stream, self.func_name), log_queue)

    lambda_runtime.ProvidedWorker._pump_output = pump


def transform_nested():
    # Only nested stacks look this name up when they are deployed; the root's request handler bound it long before.
    parse = engine._parse_template
    engine._parse_template = lambda text: engine._apply_transforms(parse(text))


def keep_streams():
    get_state, load_persisted_state = dynamodb.get_state, dynamodb.load_persisted_state
    kept = ("_stream_records", "_stream_trimmed")

    def get_state_with_streams():
        return {**get_state(), **{name: getattr(dynamodb, name) for name in kept}}

    def load_with_streams(state):
        load_persisted_state(state)
        for name in kept:
            getattr(dynamodb, name).update(state.get(name, {}))

    dynamodb.get_state, dynamodb.load_persisted_state = get_state_with_streams, load_with_streams


def keep_queue_addresses():
    # Saved queues are found by their address, and it names the port of the run that made them.
    sqs.DEFAULT_PORT = "4566"
    sqs._CANONICAL_NETLOC = f"{sqs.DEFAULT_HOST}:{sqs.DEFAULT_PORT}"


def keep_attributes():
    deploy, update = provisioners._cfn_nested_stack_deploy, provisioners._update_resource
    known = {}

    def deploy_knowing(logical_id, props, parent, *, previous_physical_id=None, previous_props=None):
        before = _stacks.get(previous_physical_id) if previous_physical_id else None
        for resource in ((before or {}).get("_resources") or {}).values():
            named = resource.get("ResourceType"), resource.get("PhysicalResourceId")
            known[named] = resource.get("Attributes") or {}
        return deploy(logical_id, props, parent, previous_physical_id=previous_physical_id,
                      previous_props=previous_props)

    def update_knowing(kind, physical_id, old, new, stack, logical_id=None, old_attrs=None):
        return update(kind, physical_id, old, new, stack, logical_id, old_attrs or known.get((kind, physical_id)))

    provisioners._cfn_nested_stack_deploy = deploy_knowing
    provisioners._update_resource = update_knowing


def end_with_parent():
    def wait():
        while os.read(0, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


if __name__ == "__main__":
    tell_output()
    transform_nested()
    keep_streams()
    keep_queue_addresses()
    keep_attributes()
    end_with_parent()
    cloud.app = with_local_paths(cloud.app)
    cloud.main()
