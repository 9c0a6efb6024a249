package io.cnm4j.core.ledger;

import io.cnm4j.api.EndpointId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.SandboxId;
import io.cnm4j.api.error.StoreException;
import io.cnm4j.api.model.ContainerPorts;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.api.model.PortMapping;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.core.secret.Secret;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.store.Entry;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;
import tools.jackson.databind.ser.std.ToStringSerializer;

/** Records as JSON, and back. Values are their text. Unknown members are skipped, so that an older version can read a newer one's. */
public final class RecordCodec {
    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(values())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private RecordCodec() {}

    /** Returns a record as JSON. */
    public static byte[] encode(Object entry) {
        return JSON.writeValueAsBytes(entry);
    }

    /**
     * Returns what an entry holds.
     *
     * @throws StoreException if it is not such a record
     */
    public static <T> T decode(Entry entry, Class<T> type) {
        try {
            return JSON.readValue(entry.value(), type);
        } catch (JacksonException e) {
            throw new StoreException(
                    "record '" + entry.key() + "' cannot be read: " + e.getOriginalMessage()
                            + "; it was written by another program or a newer version",
                    e);
        }
    }

    private static SimpleModule values() {
        var module = new SimpleModule();
        text(module, NetworkId.class, NetworkId::new);
        text(module, EndpointId.class, EndpointId::new);
        text(module, SandboxId.class, SandboxId::new);
        text(module, IpAddress.class, IpAddress::parse);
        text(module, IpPrefix.class, IpPrefix::parse);
        text(module, MacAddress.class, MacAddress::parse);
        text(module, ContainerPorts.class, ContainerPorts::parse);
        text(module, PublishedPort.class, PublishedPort::parse);
        text(module, PortMapping.class, PortMapping::parse);
        module.addSerializer(Secret.class, new StdSerializer<Secret>(Secret.class) {
            @Override
            public void serialize(Secret secret, JsonGenerator into, SerializationContext context) {
                into.writeString(secret.reveal());
            }
        });
        module.addDeserializer(Secret.class, deserializer(Secret.class, Secret::parse));
        text(module, NamespaceRef.class, path -> path.equals("host") ? NamespaceRef.HOST : NamespaceRef.at(path));
        return module;
    }

    private static <T> void text(SimpleModule module, Class<T> type, Function<String, T> parse) {
        module.addSerializer(type, ToStringSerializer.instance);
        module.addDeserializer(type, deserializer(type, parse));
    }

    private static <T> StdDeserializer<T> deserializer(Class<T> type, Function<String, T> parse) {
        return new StdDeserializer<T>(type) {
            @Override
            public T deserialize(JsonParser parser, DeserializationContext context) {
                return parse.apply(parser.getString());
            }
        };
    }
}
