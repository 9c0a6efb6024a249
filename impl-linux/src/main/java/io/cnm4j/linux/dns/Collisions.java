package io.cnm4j.linux.dns;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.NameAnswer.Source;
import io.cnm4j.core.names.SandboxNames;
import io.cnm4j.linux.dns.codec.Question;
import io.cnm4j.linux.dns.codec.Relayed;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Addresses of the sandbox' networks that upstreams gave it for names of theirs: whose an address is, the upstreams are asked from then on. For this
 * sandbox alone, for it chooses what is asked. On its loop. DNS-18
 */
final class Collisions {
    private static final int MOST = 256;

    private final Map<IpAddress, Boolean> seen = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<IpAddress, Boolean> eldest) {
            return size() > MOST;
        }
    };

    /** Tells whether an upstream gave the address. */
    boolean has(IpAddress address) {
        return seen.containsKey(address);
    }

    /** Returns where the answer goes, past this if there can be addresses in it. */
    ReplyTo noting(Question question, SandboxNames names, ReplyTo client) {
        if (question.type() != Question.A && question.type() != Question.AAAA) {
            return client;
        }
        return (answer, source) -> {
            if (source != Source.NOBODY) {
                note(answer, names);
            }
            client.send(answer, source);
        };
    }

    private void note(byte[] answer, SandboxNames names) {
        for (IpAddress address : new Relayed(answer).addresses()) {
            if (names.name(address).isPresent()) {
                seen.put(address, true);
            }
        }
    }
}
