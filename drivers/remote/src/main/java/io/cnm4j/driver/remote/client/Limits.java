package io.cnm4j.driver.remote.client;

import java.time.Duration;

/**
 * How much of whose time and memory a plug-in gets.
 *
 * @param call the longest that one call may take
 * @param firstPause how long to wait before a connection is tried again; doubled each time
 * @param retry the longest that a connection is tried for
 * @param answer the most octets an answer may have
 * @param failures how many failed calls in a row open the breaker
 * @param rest how long an open breaker lets nobody through; doubled up to 30 times this while the plug-in goes on failing
 */
public record Limits(Duration call, Duration firstPause, Duration retry, int answer, int failures, Duration rest) {
    /** What the engine does, with a bound on a call: 10 s; 1, 2, 4 ... s between tries for 30 s; 1 MiB; rest after 3 failures for 1 s. */
    public static final Limits USUAL = new Limits(
            Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofSeconds(30), 1 << 20, 3, Duration.ofSeconds(1));
}
