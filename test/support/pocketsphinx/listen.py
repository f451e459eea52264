"""Hears one utterance with Debian's PocketSphinx and its English model.

usage: /usr/bin/python3 listen.py '{"phrases": [...]}' < audio (16 bit little-endian mono, 16 kHz)

Writes one line of JSON: {"text": "...", "result": [{"word": "...", "conf": 0.9}, ...]}. With phrases, any row of them is
all that can be heard, as with Vosk's phrase_list.
"""

import json
import sys

from pocketsphinx.pocketsphinx import Decoder

MODEL = "/usr/share/pocketsphinx/model/en-us"
CHUNK_BYTES = 6400


def decoder_for(phrases):
    config = Decoder.default_config()
    config.set_string("-hmm", MODEL + "/en-us")
    config.set_string("-dict", MODEL + "/cmudict-en-us.dict")
    config.set_string("-logfn", "/dev/null")
    if not phrases:
        config.set_string("-lm", MODEL + "/en-us.lm.bin")
        return Decoder(config)
    decoder = Decoder(config)
    known = [phrase for phrase in map(words_of, phrases) if all(map(decoder.lookup_word, phrase))]
    choices = " | ".join(sorted({" ".join(phrase) for phrase in known if phrase}))
    decoder.set_jsgf_string("phrases", f"#JSGF V1.0; grammar g; public <said> = ({choices})+ ;")
    decoder.set_search("phrases")
    return decoder


def words_of(phrase):
    return "".join(c if c.isalpha() or c == "'" else " " for c in phrase.lower()).split()


def confidence(segment):
    """A grammar has no posteriors: how well the sound fits, by the acoustic score of a frame."""
    frames = max(1, segment.end_frame - segment.start_frame)
    return max(0.0, min(1.0, 1.5 + segment.ascore / frames / 60))


def main():
    decoder = decoder_for(json.loads(sys.argv[1])["phrases"])
    decoder.start_utt()
    while chunk := sys.stdin.buffer.read(CHUNK_BYTES):
        decoder.process_raw(chunk, False, False)
    decoder.end_utt()
    words = []
    if decoder.hyp():
        for segment in decoder.seg():
            if segment.word[0] not in "<(":
                word = segment.word.split("(")[0]
                words.append({"word": word, "conf": round(confidence(segment), 3)})
    print(json.dumps({"text": " ".join(word["word"] for word in words), "result": words}))


main()
