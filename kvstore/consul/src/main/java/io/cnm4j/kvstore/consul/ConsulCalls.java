package io.cnm4j.kvstore.consul;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cnm4j.api.error.ConfigurationException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.StoreException;
import io.cnm4j.api.model.StoreAddress;
import io.cnm4j.kvstore.http.Answer;
import io.cnm4j.kvstore.http.Servers;
import io.cnm4j.kvstore.http.Servers.Call;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.store.Entry;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Calls of Consul's API, as its pages "KV Store", "Txn", "Session" and "Blocking Queries" have it. Thread-safe. */
final class ConsulCalls {
    static final JsonMapper JSON = JsonMapper.shared();
    private static final String INDEX = "X-Consul-Index";
    private static final List<String> DENIED = List.of("Permission denied", "ACL not found"); // with several statuses
    private static final List<String> NOT_CARRIED_OUT =
            List.of("No cluster leader", "node is not the leader", "Raft leader not found", "No known Consul servers");

    final Servers servers;
    private final StoreAddress address;
    private final Map<String, String> headers;

    ConsulCalls(StoreAddress address, Servers servers) {
        this.address = address;
        this.servers = servers;
        this.headers =
                address.password().map(token -> Map.of("X-Consul-Token", token)).orElse(Map.of());
    }

    Deadline deadline() {
        return Deadline.after(address.timeout());
    }

    /** Returns a key of ours as Consul has it. */
    String key(String key) {
        return address.prefix() + key;
    }

    /** Returns the key that holds nothing but the index of the last commit: beside our keys. */
    String clock() {
        return "cnm4j-revision/" + address.prefix();
    }

    /** Returns an entry of ours that Consul has. */
    Entry entry(JsonNode entry) {
        return new Entry(
                entry.path("Key").asString("").substring(address.prefix().length()),
                Base64.getDecoder().decode(entry.path("Value").asString("")),
                entry.path("ModifyIndex").asLong());
    }

    static String base64(byte[] octets) {
        return Base64.getEncoder().encodeToString(octets);
    }

    /** Returns the path of a key, each octet that means something else in a path written as a number. */
    String path(String key, String query) {
        var path = new StringBuilder("/v1/kv/");
        for (byte octet : key(key).getBytes(UTF_8)) {
            char c = (char) (octet & 0xff);
            boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || "/-_.~".indexOf(c) >= 0);
            path.append(plain ? String.valueOf(c) : "%%%02X".formatted((int) c));
        }
        return path + "?" + query;
    }

    Call call(String method, String path, byte[] body, boolean repeatable) {
        return new Call(method, path, headers, body, repeatable);
    }

    /** Reads; returns the answer, whose status is 200 or 404. */
    Answer read(String path, Deadline deadline) {
        return ask(call("GET", path, new byte[0], true), deadline, 404);
    }

    /** Changes something; returns the answer, whose status is 200 or {@code also}. */
    Answer change(String path, JsonNode body, boolean repeatable, int also, Deadline deadline) {
        return ask(call("PUT", path, JSON.writeValueAsBytes(body), repeatable), deadline, also);
    }

    private Answer ask(Call call, Deadline deadline, int also) {
        Predicate<Answer> elsewhere = answer ->
                answer.status() >= 500 && !says(answer, DENIED) && (call.repeatable() || says(answer, NOT_CARRIED_OUT));
        Answer answer = servers.ask(call, elsewhere, deadline);
        if (answer.status() != 200 && (answer.status() != also || says(answer, DENIED))) {
            throw refused(call.path(), answer);
        }
        return answer;
    }

    private static boolean says(Answer answer, List<String> words) {
        String said = new String(answer.body(), UTF_8);
        return words.stream().anyMatch(said::contains);
    }

    static JsonNode json(Answer answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (JacksonException e) {
            throw new StoreException("consul answered what is no JSON; see that the address is Consul's HTTP port", e);
        }
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /** Returns the index of an answer. It begins again at 1 if Consul lost its state. */
    static long index(Answer answer) {
        return answer.header(INDEX).map(Long::parseLong).orElse(1L);
    }

    /** Returns the error that says why an answer is none. */
    RuntimeException refused(String path, Answer answer) {
        String why = new String(answer.body(), UTF_8).strip();
        String said = why.length() > 200 ? why.substring(0, 200) : why;
        return switch (says(answer, DENIED) ? 403 : answer.status()) {
            case 401, 403 ->
                new ConfigurationException("consul at " + address.servers() + " refuses "
                        + (address.password().isPresent() ? "the token" : "who has no token") + ": " + said
                        + "; give a token as password whose policy may write keys under '" + address.prefix()
                        + "' and '" + clock() + "', and sessions");
            case 413 ->
                new InvalidRequestException("the commit is too large for Consul: " + said + "; commit less at once");
            default ->
                new StoreException("consul at " + address.servers() + " refused " + path + " with status "
                        + answer.status() + ": " + said + "; see its log, and read again what was to change");
        };
    }
}
