package io.cnm4j.kvstore.http;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.Optional;

/**
 * What a server answered.
 *
 * @param status of HTTP
 * @param headers what it says beside
 * @param body octets, not copied
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record Answer(int status, HttpHeaders headers, byte[] body) {
    /** Returns the first value of a header; empty if there is none. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }
}
