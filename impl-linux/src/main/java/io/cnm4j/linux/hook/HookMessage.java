package io.cnm4j.linux.hook;

import io.cnm4j.api.error.InvalidRequestException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a hook says: the state of a container, or libnetwork's message. XK-02, XK-03
 *
 * @param container the container
 * @param namespace where its network namespace is
 */
record HookMessage(String container, Path namespace) {
    /** The longest message, in octets. */
    static final int MOST = 65_536;

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS) // libnetwork's hook leaves its end open
            .build();

    /**
     * Reads one message.
     *
     * @throws InvalidRequestException if it is none
     */
    static HookMessage read(InputStream in) {
        try {
            return of(JSON.readTree(new Bounded(in)));
        } catch (JacksonException e) {
            throw new InvalidRequestException("what the hook sent is not a JSON object: " + e.getOriginalMessage());
        }
    }

    private static HookMessage of(JsonNode json) {
        JsonNode pid = json.path("pid");
        if (json.path("id").isString() && pid.isInt() && pid.intValue() > 0) {
            return new HookMessage(json.path("id").stringValue(), Path.of("/proc/" + pid.intValue() + "/ns/net"));
        } else if (json.path("ContainerID").isString() && json.path("Key").isString()) {
            return new HookMessage(
                    json.path("ContainerID").stringValue(),
                    path(json.path("Key").stringValue()));
        }
        throw new InvalidRequestException(
                "what the hook sent has neither 'id' and 'pid' of a container that is being created nor 'ContainerID' and 'Key'");
    }

    private static Path path(String key) {
        try {
            return Path.of(key);
        } catch (InvalidPathException e) {
            throw new InvalidRequestException("what the hook sent as key is no path: " + e.getReason());
        }
    }

    /** Ends after the longest message. */
    private static final class Bounded extends InputStream {
        private final InputStream in;
        private int left = MOST;

        Bounded(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] octets, int from, int most) throws IOException {
            int count = left == 0 ? -1 : in.read(octets, from, Math.min(most, left));
            left -= Math.max(count, 0);
            return count;
        }
    }
}
