package io.cnm4j.linux.dns;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.core.names.Addresses;
import io.cnm4j.core.names.SandboxNames;
import io.cnm4j.core.names.Zone;
import io.cnm4j.linux.dns.codec.Question;
import io.cnm4j.linux.dns.codec.Replies;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Answers from the names of the controller. Stateless. */
final class Answerer {
    private static final String REVERSE_IPV4 = ".in-addr.arpa";
    private static final String REVERSE_IPV6 = ".ip6.arpa";
    private static final int NIBBLES = 32;

    private Answerer() {}

    /**
     * Returns the answer, or null if others must be asked.
     *
     * @param collisions addresses that are others' as well
     * @param size the most octets that the client takes
     */
    static byte @Nullable [] answer(Question question, SandboxNames names, Collisions collisions, int size) {
        if (!question.isOrdinary()) {
            return Replies.empty(question, Replies.NOTIMP);
        } else if (question.type() == Question.PTR) {
            return reverse(question, names, collisions, size);
        }
        Addresses found = names.addresses(question.name());
        if (found != null) {
            return known(question, found, names, size);
        }
        List<Zone.Service> services = names.services(question.name());
        if (!services.isEmpty()) {
            return question.type() == Question.SRV
                    ? Replies.services(question, services, names::addresses, size)
                    : Replies.empty(question, Replies.NOERROR);
        }
        boolean address = question.type() == Question.A || question.type() == Question.AAAA;
        boolean stays = names.shortNamesStay() && address && question.name().indexOf('.') < 0; // DNS-13
        return stays ? Replies.empty(question, Replies.NOERROR) : null;
    }

    /** Whatever is asked of a name that we know, nobody else is asked: what is internal stays. DNS-05, DNS-07 */
    private static byte[] known(Question question, Addresses found, SandboxNames names, int size) {
        return switch (question.type()) {
            case Question.A -> addresses(question, found, Family.IPV4, size);
            case Question.AAAA -> addresses(question, found, Family.IPV6, size);
            case Question.SRV -> {
                List<Zone.Service> services = names.services(question.name());
                yield services.isEmpty()
                        ? Replies.empty(question, Replies.NOERROR)
                        : Replies.services(question, services, names::addresses, size);
            }
            default -> Replies.empty(question, Replies.NOERROR);
        };
    }

    private static byte[] addresses(Question question, Addresses found, Family family, int size) {
        int count = found.count(family);
        int first = count > 1 ? ThreadLocalRandom.current().nextInt(count) : 0;
        return Replies.addresses(question, found, family, first, size);
    }

    private static byte @Nullable [] reverse(Question question, SandboxNames names, Collisions collisions, int size) {
        Optional<String> name = address(question.name())
                .filter(address -> !collisions.has(address))
                .flatMap(names::name);
        return name.isPresent() ? Replies.name(question, name.orElseThrow(), size) : null;
    }

    /** Returns the address that a reverse name is about, if it is one. */
    static Optional<IpAddress> address(String name) {
        try {
            if (name.endsWith(REVERSE_IPV4)) {
                String[] octets =
                        name.substring(0, name.length() - REVERSE_IPV4.length()).split("\\.", -1);
                Collections.reverse(Arrays.asList(octets));
                return Optional.of(IpAddress.parse(String.join(".", octets)));
            } else if (name.endsWith(REVERSE_IPV6) && name.length() == 2 * NIBBLES - 1 + REVERSE_IPV6.length()) {
                return Optional.of(ipv6(name));
            }
        } catch (InvalidRequestException | NumberFormatException junk) { // *36: nobody's address
            return Optional.empty();
        }
        return Optional.empty();
    }

    private static IpAddress ipv6(String name) {
        var text = new StringBuilder(NIBBLES);
        for (int i = NIBBLES - 1; i >= 0; i--) {
            if (i > 0 && name.charAt(2 * i - 1) != '.') {
                throw new NumberFormatException(name);
            }
            text.append(name.charAt(2 * i));
        }
        return IpAddress.ipv6(
                Long.parseUnsignedLong(text.substring(0, 16), 16), Long.parseUnsignedLong(text.substring(16), 16));
    }
}
