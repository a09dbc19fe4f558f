"""What Prometheus collects."""

from tests.bot.http.calling import ONE_DATABASE


@ONE_DATABASE
async def test_anybody_may_collect_figures_and_learns_no_names(client):
    """Without a token: requests by route template, and neither ids nor made-up methods."""
    await client.get("/api/tasks/t_of_cleo")
    await client.call("PROPFIND", "/pots/of/ada")
    reply = await client.get("/metrics", token=None)

    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert (
        'opsbell_http_requests_total{method="GET",route="/api/tasks/{id}",status="404"} 1.0'
        in reply.text
    )
    assert 'method="(other)",route="(none)",status="404"' in reply.text
    assert [name for name in ("cleo", "ada", "PROPFIND", "T1", "C0") if name in reply.text] == []
