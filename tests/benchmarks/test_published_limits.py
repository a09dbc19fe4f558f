"""The judge of the measurements counts exactly."""

from benchmarks.published_limits import PublishedLimits


def test_the_51st_edit_of_a_minute_is_refused():
    """Fifty go in any sliding minute; the next may come when the first is a minute old."""
    limits = PublishedLimits()
    assert [limits.edit(number / 10) for number in range(50)] == [0] * 50

    assert limits.edit(5.0) == 55
    assert limits.edit(59.9) == 1
    assert limits.edit(60.0) == 0
    assert limits.edit(60.05) == 1


def test_a_channel_takes_five_posts_and_then_one_a_second():
    """Another channel is not touched."""
    limits = PublishedLimits()
    assert [limits.post("C1", 0.0) for _ in range(5)] == [0] * 5

    assert limits.post("C1", 0.5) == 1
    assert limits.post("C2", 0.5) == 0
    assert limits.post("C1", 1.0) == 0
    assert limits.post("C1", 1.0) == 1


def test_the_301st_post_of_a_minute_is_refused():
    """The workspace's posts count together, whatever their channels."""
    limits = PublishedLimits()
    assert not any(limits.post(f"C{number}", 0.0) for number in range(300))

    assert limits.post("C300", 0.0) == 60
