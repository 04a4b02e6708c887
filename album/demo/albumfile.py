"""The text of the demo's album.toml: what a project file looks like in real use."""

ALBUM = """\
# Night Ferry EP: the example album of Glassmaster.
#
# The artist, the label and the codes are made up, and the music is composed by the
# program. Change anything here and run `glassmaster build` again.

[album]
artist = "Nora Vale"
title = "Night Ferry EP"
date = "2026-10-03"
label = "Tideway Records"
catalogue = "TWR012"
ean = "5012345678900"
p_line = "2026 Tideway Records"
c_line = "2026 Nora Vale"
genre = "Electronic"
cover = "art/cover.png"
credits = { producer = "I. Marsh", mastered_by = "A. Lindqvist" }

[sequence]
gap = "2s"            # from the last sample of a song to the first of the next
lead = "200ms"        # a track mark falls this long before the music
tail = "2s"           # after the last song
order = [
  "low-tide",         "gap 1.6s",
  "glass",            "xfade 2 bars equal-power",  # two bars of Glass, at its bpm
  "harbour",          "segue",                     # one performance: no sample lost
  "harbour-reprise",                               # nothing written: the usual gap
  "last-boat",        "gap 12s",
  "+wheelhouse-radio",                             # "+": hidden in the track before
]

[song.low-tide]
title = "Low Tide"
mix = "mixes/Low Tide v3.wav"
isrc = "GBXYZ2600001"
composer = "Nora Vale"
advisory = "not-explicit"
bpm = 96
gain_db = -0.5
index = ["0:15.000"]  # INDEX 02, where the drums fall silent

[song.glass]
title = "Glass"
mix = "mixes/Glass v2.wav"
isrc = "GBXYZ2600002"
composer = "Nora Vale"
advisory = "not-explicit"
bpm = 125
gain_db = -1.5        # the loudest of the five, brought nearer to the others

[song.harbour]
title = "Harbour"
mix = "mixes/Harbour v5 part 1.wav"
isrc = "GBXYZ2600003"
composer = "Nora Vale, T. Okafor"
advisory = "not-explicit"
gain_db = -1.0        # the same as the reprise, or the join would be a step

[song.harbour-reprise]
title = "Harbour, Reprise"
mix = "mixes/Harbour v5 part 2.wav"
isrc = "GBXYZ2600004"
composer = "Nora Vale, T. Okafor"
advisory = "not-explicit"
gain_db = -1.0
fade_out = "5s s-curve"

[song.last-boat]
title = "Last Boat"
mix = "mixes/Last Boat v1.wav"
isrc = "GBXYZ2600005"
composer = "Nora Vale"
advisory = "not-explicit"
gain_db = -2.0        # quiet on purpose
credits = { electric_piano = "T. Okafor" }

[song.wheelhouse-radio]
title = "Wheelhouse Radio"
mix = "mixes/Wheelhouse Radio v1.wav"
isrc = "GBXYZ2600006"
composer = "Nora Vale"
advisory = "not-explicit"
fade_in = "20ms"

[deliver.cd]
plant = "generic"

[deliver.streaming]
"""
