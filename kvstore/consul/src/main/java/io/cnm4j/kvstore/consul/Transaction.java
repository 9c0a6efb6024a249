package io.cnm4j.kvstore.consul;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.spi.store.Write;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes as one transaction of Consul. What is there is deleted before it is written, since Consul leaves the lock of a session on what others
 * write over. Consul does not count what is written as it is already: each commit has its own flags, a number that means nothing.
 */
final class Transaction {
    private static final int MOST = 64; // operations, maxTxnOps of Consul

    private final ConsulCalls calls;
    private final ArrayNode ops = ConsulCalls.JSON.createArrayNode();
    private final long flags = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);

    Transaction(ConsulCalls calls, List<Write> writes) {
        this.calls = calls;
        writes.forEach(this::add);
        op("set", calls.clock()).put("Flags", flags).put("Value", "");
        if (ops.size() > MOST) {
            throw new InvalidRequestException("a commit of " + writes.size() + " writes takes " + ops.size()
                    + " operations of Consul, which carries out " + MOST + " at once; commit less at once");
        }
    }

    ArrayNode ops() {
        return ops;
    }

    private ObjectNode op(String verb, String key) {
        return ops.addObject().putObject("KV").put("Verb", verb).put("Key", key);
    }

    private void add(Write write) {
        String key = calls.key(write.key());
        if (("/" + key).contains("//") || ("/" + key + "/").matches(".*/\\.\\.?/.*")) {
            throw new InvalidRequestException(
                    "key '" + key + "' has an empty or dotted part, which no path of Consul has; choose another");
        }
        if (write.expected() == Write.ABSENT) {
            op("check-not-exists", key);
        } else if (write.expected() != Write.ANY) {
            op("check-index", key).put("Index", write.expected());
        }
        if (!(write instanceof Write.Check) && write.expected() != Write.ABSENT) {
            op("delete", key);
        }
        if (write instanceof Write.Put put) {
            op("set", key).put("Flags", flags).put("Value", ConsulCalls.base64(put.value()));
        } else if (write instanceof Write.Hold hold) {
            if (!(hold.session() instanceof ConsulSession session)) {
                throw new InvalidRequestException("a session of another store cannot hold an entry of this one");
            }
            op("lock", key)
                    .put("Flags", flags)
                    .put("Value", ConsulCalls.base64(hold.value()))
                    .put("Session", session.id());
        }
    }
}
