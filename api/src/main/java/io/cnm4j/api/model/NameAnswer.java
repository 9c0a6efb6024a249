package io.cnm4j.api.model;

import java.time.Duration;

/**
 * An answered question.
 *
 * @param containerId whose sandbox asked
 * @param name what was asked for, in lower case
 * @param type the type of record, by number: 1 is A
 * @param source where the answer came from
 * @param code its RCODE: 0 no error, 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED
 * @param took from reading the question to writing the answer
 */
public record NameAnswer(String containerId, String name, int type, Source source, int code, Duration took) {

    /** Where an answer came from. */
    public enum Source {
        /** The names of the controller. */
        LOCAL,
        /** An upstream's earlier answer. */
        CACHE,
        /** An upstream. */
        UPSTREAM,
        /** An upstream's earlier answer whose time is over, since none answers now. */
        STALE,
        /** Nobody: no upstream answered, or too many questions waited. */
        NOBODY
    }
}
