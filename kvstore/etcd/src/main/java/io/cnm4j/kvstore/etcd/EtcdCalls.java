package io.cnm4j.kvstore.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cnm4j.api.error.ClosedException;
import io.cnm4j.api.error.ConfigurationException;
import io.cnm4j.api.error.StoreException;
import io.cnm4j.api.model.StoreAddress;
import io.cnm4j.kvstore.http.Answer;
import io.cnm4j.kvstore.http.Servers;
import io.cnm4j.kvstore.http.Servers.Call;
import io.cnm4j.spi.host.Deadline;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Calls of etcd's API, api/etcdserverpb/rpc.proto, as its gateway takes them. Thread-safe. */
final class EtcdCalls {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int NOT_FOUND = 5; // gRPC status codes
    private static final int UNAVAILABLE = 14;
    private static final int UNAUTHENTICATED = 16;
    private static final Set<String> DENIED =
            Set.of("authentication failed", "authentication is not enabled", "permission denied", "user name is empty");
    private static final Set<String> NOT_CARRIED_OUT =
            Set.of("etcdserver: no leader", "etcdserver: not leader", "etcdserver: server stopped");

    private final StoreAddress address;
    final Servers servers;
    private volatile String token = "";

    EtcdCalls(StoreAddress address, Servers servers) {
        this.address = address;
        this.servers = servers;
    }

    Deadline deadline() {
        return Deadline.after(address.timeout());
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /** Returns a key of ours as etcd has it. */
    String key(String key) {
        return base64((address.prefix() + key).getBytes(UTF_8));
    }

    /** Returns the end of the range of keys that start with the prefix. */
    String end(String prefix) {
        byte[] octets = (address.prefix() + prefix).getBytes(UTF_8);
        for (int i = octets.length - 1; i >= 0; i--) {
            if (octets[i] != (byte) 0xff) {
                octets[i]++;
                return base64(java.util.Arrays.copyOf(octets, i + 1));
            }
        }
        return base64(new byte[1]); // to the end
    }

    /** Returns the key of ours that etcd's is. */
    String text(JsonNode entry) {
        return new String(octets(entry.path("key")), UTF_8)
                .substring(address.prefix().length());
    }

    static String base64(byte[] octets) {
        return Base64.getEncoder().encodeToString(octets);
    }

    static byte[] octets(JsonNode base64) {
        return Base64.getDecoder().decode(base64.asString(""));
    }

    /** Returns a 64-bit number, which JSON has as text; 0 if it is left out. */
    static long number(JsonNode text) {
        return Long.parseLong(text.asString("0"));
    }

    /** Makes a call; returns the answer. */
    JsonNode ask(String path, ObjectNode body, boolean repeatable, Deadline deadline) {
        Predicate<Answer> elsewhere =
                answer -> isDown(answer.status(), body(answer)) && (repeatable || wasNotCarriedOut(body(answer)));
        for (boolean again = false; ; again = true) {
            Answer answer = servers.ask(call(path, body, repeatable, deadline), elsewhere, deadline);
            JsonNode json = body(answer);
            if (answer.status() == 200) {
                return json;
            }
            if (json.path("code").asInt(0) != UNAUTHENTICATED || again) {
                throw refused(path, answer.status(), json);
            }
            forgetToken();
        }
    }

    /** Returns a call with the token of the user, asked for if need be. */
    Call call(String path, ObjectNode body, boolean repeatable, Deadline deadline) {
        if (token.isEmpty() && address.user().isPresent() && !path.startsWith("/v3/auth/")) {
            ObjectNode who = object().put("name", address.user().orElseThrow());
            who.put("password", address.password().orElse(""));
            token = ask("/v3/auth/authenticate", who, true, deadline)
                    .path("token")
                    .asString("");
        }
        Map<String, String> headers = token.isEmpty() ? Map.of() : Map.of("Authorization", token);
        return new Call("POST", path, headers, JSON.writeValueAsBytes(body), repeatable);
    }

    /** Asks for another token of the user before the next call. */
    void forgetToken() {
        token = "";
    }

    private static JsonNode body(Answer answer) {
        return parse(new String(answer.body(), UTF_8));
    }

    static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JacksonException e) {
            return object().put("error", json.length() > 200 ? json.substring(0, 200) : json);
        }
    }

    private static boolean isDown(int status, JsonNode json) {
        return status == 503 || json.path("code").asInt(0) == UNAVAILABLE;
    }

    private static boolean wasNotCarriedOut(JsonNode json) {
        return NOT_CARRIED_OUT.contains(json.path("error").asString(""));
    }

    private RuntimeException refused(String path, int status, JsonNode json) {
        String why = json.path("error").asString("status " + status);
        if (json.path("code").asInt(0) == NOT_FOUND && why.contains("lease")) {
            return new ClosedException("the session is over; begin a new one");
        }
        if (status == 401 || DENIED.stream().anyMatch(why::contains)) {
            return new ConfigurationException("etcd at " + address.servers() + " refuses user "
                    + address.user().orElse("(none)") + ": " + why + "; see user, password and roles");
        }
        return new StoreException("etcd at " + address.servers() + " refused " + path + ": " + why
                + "; see its log, and read again what the call was to change");
    }
}
