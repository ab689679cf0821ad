"""What a resident lives through, told as dialogues over HTTP."""

LAMPS = "Lampu jalan di gang kami di Parak Laweh sudah sebulan mati, tolong diganti yang terang."


async def test_the_idea_written_before_the_notice_is_kept_and_goes_on_after_one_tap(telegram, bot):
    """Nobody has to write their idea twice because of the privacy notice."""
    rina = telegram.person("Rina")

    await rina.says(LAMPS)
    [notice] = await rina.hears()
    assert "Pesanmu sudah saya pegang" in notice.text
    await rina.presses("Setuju")

    receipt = await rina.sees("PDG-")
    assert "Smart Mobility (Mobilitas) · Penerangan jalan umum (PJU)" in receipt.text
    assert receipt.buttons == [["Betul", "Ubah dimensi"]]
