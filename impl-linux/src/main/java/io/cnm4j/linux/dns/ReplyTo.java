package io.cnm4j.linux.dns;

/** Where an answer goes. Used on the sandbox' loop. */
interface ReplyTo {
    /** Sends the answer; once. */
    void send(byte[] answer);
}
