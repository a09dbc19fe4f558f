"""
A Kafka broker in memory, as a program: it writes its port and runs until its input ends.

Nothing that can be installed brings Apache Kafka. librdkafka, which most of Kafka's clients are
made of, brings this one for its own tests; it speaks Kafka's protocol and forgets all at its end.
"""

import sys

from confluent_kafka import Producer

if __name__ == "__main__":
    # No real address: this client's own broker takes its place.
    client = Producer({"bootstrap.servers": "none", "test.mock.num.brokers": 1, "log_level": 0})
    (broker,) = client.list_topics().brokers.values()
    sys.stdout.write(f"{broker.port}\n")
    sys.stdout.flush()
    sys.stdin.read()
