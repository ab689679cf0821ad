"""What `make run` shows works, before anybody looks at it."""

from bot import demo


async def test_the_sample_afternoon_comes_out_as_it_was_written(classifier, tmp_path):
    """Everything said in it is kept, tagged, answered, moderated and exported; else this raises."""
    await demo.play_once(classifier, folder=tmp_path, port=0)

    assert (tmp_path / "usulan.zip").stat().st_size > 10_000
