package io.cnm4j.api.model;

import io.cnm4j.api.error.InvalidRequestException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/** Which of the networks that nobody uses are to go: those that fit everything that is said; all if nothing is. */
@Value.Immutable
public interface PruneFilter {
    /** Returns a builder. */
    static Builder builder() {
        return new Builder();
    }

    /** Returns the filter through which all pass. */
    static PruneFilter all() {
        return builder().build();
    }

    /** When a network was created at the latest; Docker's {@code until}. */
    Optional<Instant> until();

    /** Labels that it has, each {@code key} or {@code key=value}; Docker's {@code label}. */
    List<String> labels();

    /** Labels of which it has none, in the same form; Docker's {@code label!}. */
    List<String> withoutLabels();

    /** Tells whether a network fits. */
    default boolean test(NetworkSnapshot network) {
        return until().map(latest -> !network.created().isAfter(latest)).orElse(true)
                && labels().stream().allMatch(label -> has(network.labels(), label))
                && withoutLabels().stream().noneMatch(label -> has(network.labels(), label));
    }

    private static boolean has(Map<String, String> labels, String wanted) {
        int equals = wanted.indexOf('=');
        return equals < 0
                ? labels.containsKey(wanted)
                : wanted.substring(equals + 1).equals(labels.get(wanted.substring(0, equals)));
    }

    /** Refuses labels without a key. */
    @Value.Check
    default void check() {
        for (List<String> some : List.of(labels(), withoutLabels())) {
            some.stream()
                    .filter(label -> label.isBlank() || label.startsWith("="))
                    .findFirst()
                    .ifPresent(label -> {
                        throw new InvalidRequestException("label '" + label + "' has no key; give key or key=value");
                    });
        }
    }

    /** Builds a filter. Not thread-safe. */
    final class Builder extends ImmutablePruneFilter.Builder {
        /** Starts with a filter that lets all pass. */
        public Builder() {}
    }
}
