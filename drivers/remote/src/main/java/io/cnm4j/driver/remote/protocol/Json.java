package io.cnm4j.driver.remote.protocol;

import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** JSON objects and octets. Stateless. */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(32)
                            .maxNumberLength(20)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();

    private Json() {}

    /**
     * Reads an object. Nothing at all is an object without fields.
     *
     * @throws BadMessageException if it is not exactly one JSON object, nested at most 32 deep
     */
    public static Fields read(byte[] octets) {
        if (octets.length == 0) {
            return Fields.NONE;
        }
        try {
            Object value = MAPPER.readValue(octets, Object.class);
            if (value instanceof Map<?, ?> map) {
                return Fields.of(map);
            }
            throw new BadMessageException("it should be a JSON object");
        } catch (JacksonException e) {
            throw new BadMessageException("it is not JSON: " + e.getOriginalMessage());
        }
    }

    /** Writes an object. */
    public static byte[] write(Map<String, ?> object) {
        return MAPPER.writeValueAsBytes(object);
    }

    static String text(Object value) {
        return MAPPER.writeValueAsString(value);
    }
}
