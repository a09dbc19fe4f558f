"""The judge of the measurements counts exactly."""

from benchmarks.published_limits import PublishedLimits


def test_the_51st_edit_of_a_minute_is_refused():
    """Fifty go in any sliding minute; the next may come when the first is a minute old."""
    limits = PublishedLimits()
    assert [0] * 50 == [limits.edit(number / 10) for number in range(50)]

    assert 55 == limits.edit(5.0)
    assert 1 == limits.edit(59.9)
    assert 0 == limits.edit(60.0)
    assert 1 == limits.edit(60.05)


def test_a_channel_takes_five_posts_and_then_one_a_second():
    """Another channel is not touched."""
    limits = PublishedLimits()
    assert [0] * 5 == [limits.post("C1", 0.0) for _ in range(5)]

    assert 1 == limits.post("C1", 0.5)
    assert 0 == limits.post("C2", 0.5)
    assert 0 == limits.post("C1", 1.0)
    assert 1 == limits.post("C1", 1.0)


def test_the_301st_post_of_a_minute_is_refused():
    """The workspace's posts count together, whatever their channels."""
    limits = PublishedLimits()
    assert not any(limits.post(f"C{number}", 0.0) for number in range(300))

    assert 60 == limits.post("C300", 0.0)
