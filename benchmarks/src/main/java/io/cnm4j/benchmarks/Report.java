package io.cnm4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The figures of a run: printed as a table, kept as JSON, closed with a line each. Not thread-safe. */
public final class Report {
    private final String name;
    private final List<Figure> figures = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private final List<String> bounds = new ArrayList<>();

    /** @param name the benchmark's name */
    public Report(String name) {
        this.name = name;
    }

    /** Adds a figure. */
    public void add(Figure figure) {
        figures.add(figure);
    }

    /** Adds a sentence that orients and has no budget. */
    public void remark(String sentence) {
        remarks.add(sentence);
    }

    /**
     * Adds something other than a time that has a bound.
     *
     * @param name such as {@code ipam.bytes.pool}
     * @param ratio the measure divided by its bound: 1 at most
     * @param sentence both, for people
     */
    public void bound(String name, double ratio, String sentence) {
        remark(name + ": " + sentence);
        bounds.add(String.format(Locale.ROOT, "%s ratio=%.2f budget=1.0", name, ratio));
    }

    /** Prints the table, the remarks, and a line a figure. */
    public void print() {
        System.out.printf(
                "%-28s %6s  %9s %9s  %9s %9s  %6s%n", "milliseconds", "n", "p50", "p99", "floor p50", "p99", "ratio");
        figures.forEach(figure -> System.out.println(figure.row()));
        System.out.println();
        remarks.forEach(System.out::println);
        System.out.println();
        figures.forEach(figure -> System.out.println(figure.line()));
        bounds.forEach(System.out::println);
    }

    /** Writes {@code NAME.json} into the directory, which is made if absent. */
    public void keep(Path directory) throws IOException {
        Files.createDirectories(directory);
        String json = "{\n  \"benchmark\": \"" + name + "\",\n  \"java\": \"" + System.getProperty("java.vm.version")
                + "\",\n  \"kernel\": \"" + System.getProperty("os.version")
                + "\",\n  \"processors\": " + Runtime.getRuntime().availableProcessors()
                + ",\n  \"figures\": [\n    "
                + figures.stream().map(Figure::json).collect(Collectors.joining(",\n    "))
                + "\n  ],\n  \"remarks\": [\n    "
                + remarks.stream()
                        .map(remark -> '"' + remark.replace("\"", "'") + '"')
                        .collect(Collectors.joining(",\n    "))
                + "\n  ]\n}\n";
        Files.writeString(directory.resolve(name + ".json"), json);
    }
}
