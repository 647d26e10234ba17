"""Routes all orders of a topic once, as a Python team would write it: confluent-kafka and fastavro, at least once, acknowledged
by all replicas. Prints what it took as JSON: from the first record to the last offset that is committed. What it has to do
comes in the environment, from peer.ts."""

import io
import json
import os
import resource
import time
from decimal import Decimal

import fastavro
from confluent_kafka import Consumer, Producer, TopicPartition

FRAME_BYTES = 5
BATCH = 5000
POLL_EVERY = 1000
CENT = 100

BROKERS = os.environ["KAFKA_BROKERS"]
FROM, TO = os.environ["PEER_FROM"], os.environ["PEER_TO"]
PREFIX = os.environ["PEER_PREFIX"]


def share(amount, own, others):
    """The vendor's share of an amount in whole cents, by largest remainder; in a tie the cent is the vendor's."""
    total, mine, theirs = (int(one.scaleb(4)) for one in (amount, own, others))
    if mine + theirs == 0:
        mine = theirs = 1
    cents, dust = divmod(total, CENT)
    my_cents, my_rest = divmod(cents * mine, mine + theirs)
    their_cents, their_rest = divmod(cents * theirs, mine + theirs)
    if my_cents + their_cents < cents:
        if my_rest >= their_rest:
            my_cents += 1
        else:
            their_cents += 1
    return Decimal(my_cents * CENT + (dust if my_cents >= their_cents else 0)).scaleb(-4)


def route(order):
    """Changes the order into the vendor's; False where the vendor has no line of it."""
    kept = [line for line in order["lines"] if line["sku"].startswith(PREFIX)]
    if not kept:
        return False
    subtotal = sum(line["rowTotal"] for line in kept)
    if len(kept) < len(order["lines"]):
        others = sum(line["rowTotal"] for line in order["lines"]) - subtotal
        order["shipping"] = share(order["shipping"], subtotal, others)
        order["shippingTax"] = share(order["shippingTax"], subtotal, others)
    order["lines"] = kept
    order["subtotal"] = subtotal
    order["discount"] = sum(line["discount"] for line in kept)
    order["tax"] = sum(line["tax"] for line in kept)
    charged = order["tax"] + order["shipping"] + order["shippingTax"]
    order["grandTotal"] = subtotal - order["discount"] + charged
    return True


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main():
    with open(os.environ["PEER_SCHEMA"], encoding="utf-8") as file:
        schema = fastavro.parse_schema(json.load(file))
    consumer = Consumer(
        {
            "bootstrap.servers": BROKERS,
            "group.id": os.environ["PEER_GROUP"],
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    producer = Producer(
        {
            "bootstrap.servers": BROKERS,
            "acks": "all",
            "linger.ms": 20,
            "batch.size": 262144,
            "partitioner": "murmur2_random",
            "queue.buffering.max.messages": 100000,
            "delivery.report.only.error": True,
        }
    )
    partitions = consumer.list_topics(FROM, timeout=10).topics[FROM].partitions
    todo = sum(consumer.get_watermark_offsets(TopicPartition(FROM, one))[1] for one in partitions)
    failed = []
    consumer.subscribe([FROM])
    events, sent, first, first_cpu = 0, 0, None, 0.0
    while events < todo:
        batch = consumer.consume(BATCH, 0.5)
        if batch and first is None:
            first, first_cpu = time.perf_counter(), cpu_seconds()
        for message in batch:
            raw = message.value()
            event = fastavro.schemaless_reader(io.BytesIO(raw[FRAME_BYTES:]), schema)
            if not route(event["data"]):
                continue
            value = io.BytesIO()
            value.write(raw[:FRAME_BYTES])
            fastavro.schemaless_writer(value, schema, event)
            key = f"vendor|{event['key']}"
            producer.produce(TO, value.getvalue(), key, on_delivery=lambda error, _: failed.append(error))
            sent += 1
            if sent % POLL_EVERY == 0:
                producer.poll(0)
        events += len(batch)
        if batch:
            if producer.flush(60) or failed:
                raise SystemExit(f"not delivered: {failed[:3]}")
            consumer.commit(asynchronous=False)
    print(
        json.dumps(
            {
                "events": events,
                "seconds": round(time.perf_counter() - first, 3),
                "cpuSeconds": round(cpu_seconds() - first_cpu, 3),
                "rssMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }
        )
    )


main()
