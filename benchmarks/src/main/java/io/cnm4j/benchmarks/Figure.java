package io.cnm4j.benchmarks;

import java.util.Locale;

/**
 * One number that must keep its budget: ours against the floor, median against median.
 *
 * @param name such as {@code connect.p50.900}
 * @param ours what the library took
 * @param floor what the same work took without the library
 * @param budget the largest ratio allowed; 0 if there is none
 */
public record Figure(String name, Samples ours, Samples floor, double budget) {

    /** Returns the ratio of the medians; 0 without a floor. */
    public double ratio() {
        return floor.count() == 0 ? 0 : (double) ours.quantile(0.5) / floor.quantile(0.5);
    }

    /** Returns the line that a run ends with. */
    public String line() {
        return String.format(
                Locale.ROOT, "%s ratio=%.2f budget=%s", name, ratio(), budget == 0 ? "none" : String.valueOf(budget));
    }

    /** Returns the row of the table: medians and 99th percentiles in milliseconds. */
    public String row() {
        return String.format(Locale.ROOT, "%-28s %6d  %s  %s  %6.2f", name, ours.count(), ours, floor, ratio());
    }

    /** Returns the JSON object. */
    public String json() {
        return String.format(
                Locale.ROOT,
                "{\"name\": \"%s\", \"samples\": %d, \"p50_ns\": %d, \"p99_ns\": %d, \"floor_p50_ns\": %d, \"floor_p99_ns\": %d, "
                        + "\"ratio\": %.3f, \"budget\": %s}",
                name,
                ours.count(),
                ours.quantile(0.5),
                ours.quantile(0.99),
                floor.quantile(0.5),
                floor.quantile(0.99),
                ratio(),
                budget);
    }
}
