"""The order that the tests of the request API send, and the template it is made with."""

SCOPES = ("messages:read", "messages:write", "templates:write")
ORDER = {
    "tenant": "default",
    "channel": "C0OPS",
    "configCode": "shop",
    "templateCode": "shipped",
    "payload": {"order": 4711, "items": [{"price": 3}]},
}
SHIPPED = {
    "body": '{"text": "Order {{ order }} has shipped"}',
    "schema": {
        "type": "object",
        "required": ["order"],
        "properties": {
            "order": {"type": "integer"},
            "items": {
                "type": "array",
                "items": {"properties": {"price": {"type": "number", "minimum": 0}}},
            },
        },
    },
}
