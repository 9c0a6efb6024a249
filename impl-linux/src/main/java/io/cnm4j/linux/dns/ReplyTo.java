package io.cnm4j.linux.dns;

import io.cnm4j.api.model.NameAnswer.Source;

/** Where an answer goes. Used on the sandbox' loop. */
interface ReplyTo {
    /** Sends the answer; once. */
    void send(byte[] answer, Source source);
}
