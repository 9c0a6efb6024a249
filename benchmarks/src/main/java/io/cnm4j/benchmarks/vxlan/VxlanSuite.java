package io.cnm4j.benchmarks.vxlan;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs the suite and the C program, before and after it. Arguments: {@code --quick}, or the directory for the results. */
public final class VxlanSuite {
    private static final Path SOURCE = Path.of("benchmarks/src/main/c/vxlan.c");

    private VxlanSuite() {}

    /** Runs it in the root of the source tree. */
    public static void main(String[] args) throws Exception {
        boolean quick = args.length > 0 && args[0].equals("--quick");
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("benchmarks\\.vxlan\\.(Codec|Table|Tcp|Esp)Benchmark")
                .addProfiler(GCProfiler.class);
        if (quick) {
            options.forks(1).warmupIterations(2).measurementIterations(3);
            options.warmupTime(TimeValue.milliseconds(300)).measurementTime(TimeValue.milliseconds(300));
        } else if (args.length > 0) {
            Files.createDirectories(Path.of(args[0]));
            options.resultFormat(ResultFormatType.JSON)
                    .result(Path.of(args[0]).resolve("vxlan.json").toString());
        }
        Map<Integer, List<Double>> floor = new TreeMap<>();
        floor(floor);
        Collection<RunResult> results = run(options);
        floor(floor);
        String chart = print(results, floor);
        if (args.length > 0 && !quick) {
            Files.writeString(Path.of(args[0]).resolve("vxlan.svg"), chart);
        }
    }

    private static Collection<RunResult> run(ChainedOptionsBuilder options) throws RunnerException {
        return new Runner(options.build()).run();
    }

    private static void floor(Map<Integer, List<Double>> floor) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("cnm4j-bench");
        try {
            String program = directory.resolve("vxlan").toString();
            output("cc", "-O2", "-o", program, SOURCE.toString());
            for (int size : List.of(64, 512, 1450, 9000)) {
                double nanos = Double.parseDouble(output(program, String.valueOf(size)));
                floor.computeIfAbsent(size, absent -> new ArrayList<>()).add(nanos);
            }
        } catch (IOException noCompiler) {
            System.out.println("no floor in C: " + noCompiler.getMessage() + "; apt-get install gcc libc6-dev");
        } finally {
            Files.deleteIfExists(directory.resolve("vxlan"));
            Files.delete(directory);
        }
    }

    private static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", command) + " failed: " + output);
        }
        return output;
    }

    private static String print(Collection<RunResult> results, Map<Integer, List<Double>> floor) {
        Map<String, Double> nanos = new TreeMap<>();
        Map<String, Double> allocated = new TreeMap<>();
        for (RunResult result : results) {
            String name = name(result.getParams());
            boolean group = result.getParams().getMode() == Mode.SampleTime; // 64 frames, whose median counts
            double score = group
                    ? result.getPrimaryResult().getStatistics().getPercentile(50) / Batch.COUNT
                    : result.getPrimaryResult().getScore();
            nanos.put(name, score);
            result.getSecondaryResults().forEach((label, value) -> {
                if (label.endsWith("gc.alloc.rate.norm")) {
                    allocated.put(name, value.getScore() / (group ? Batch.COUNT : 1));
                }
            });
        }
        nanos.forEach((name, score) -> System.out.printf(
                Locale.ROOT,
                "%-32s %10.2f ns %10.2f octets allocated%n",
                name,
                score,
                allocated.getOrDefault(name, 0.0)));
        floor.forEach((size, samples) -> {
            System.out.printf(Locale.ROOT, "%-32s %s ns%n", "c.thereAndBack." + size, samples);
            nanos.put(
                    "c." + size,
                    samples.stream().mapToDouble(each -> each).average().orElseThrow());
        });
        ratio(nanos, "there-and-back.64", "codec.thereAndBack.64", "c.64", 1.5);
        ratio(nanos, "there-and-back.1450", "codec.thereAndBack.1450", "codec.copies.1450", 1.1);
        ratio(nanos, "there-and-back.plain.64", "codec.thereAndBack.64", "codec.plain.64", 0);
        ratio(nanos, "cut.1398", "tcp.cut.1398", "tcp.copy.1398", 0);
        ratio(nanos, "join.1398", "tcp.join.1398", "tcp.copy.1398", 0);
        ratio(nanos, "look-up.10000", "table.mac.10000", "table.plain.10000", 0);
        ratio(nanos, "seal.1450", "esp.seal.1450", "esp.cipher.1450", 0);
        ratio(nanos, "seal-and-open.1450", "esp.sealAndOpen.1450", "esp.cipherThereAndBack.1450", 0);
        return chart(nanos);
    }

    private static String chart(Map<String, Double> nanos) {
        var chart = new Chart("VXLAN in user space, each frame");
        for (int size : List.of(64, 512, 1450, 9000)) {
            bar(chart, nanos, "there and back, " + size, "codec.thereAndBack." + size, "in C", "c." + size);
        }
        for (int size : List.of(64, 512, 1450, 9000)) {
            bar(
                    chart,
                    nanos,
                    "there and back, " + size,
                    "codec.thereAndBack." + size,
                    "a copy",
                    "codec.copies." + size);
        }
        for (int size : List.of(64, 1450)) {
            bar(chart, nanos, "the plain way, " + size, "codec.plain." + size, "in C", "c." + size);
        }
        bar(chart, nanos, "cut, 1398", "tcp.cut.1398", "a copy", "tcp.copy.1398");
        bar(chart, nanos, "join, 1398", "tcp.join.1398", "a copy", "tcp.copy.1398");
        bar(chart, nanos, "look-up, 10000 entries", "table.mac.10000", "a HashMap", "table.plain.10000");
        for (int size : List.of(64, 512, 1450, 9000)) {
            String cipher = "esp.cipherThereAndBack." + size;
            bar(chart, nanos, "seal and open, " + size, "esp.sealAndOpen." + size, "the cipher", cipher);
        }
        return chart.svg();
    }

    private static void bar(
            Chart chart, Map<String, Double> nanos, String name, String ours, String floorName, String floor) {
        Double above = nanos.get(ours);
        Double below = nanos.get(floor);
        if (above != null && below != null) {
            chart.add(name, above, floorName, below);
        }
    }

    /** Returns class, method and parameter of a benchmark, such as {@code codec.copy.64}. */
    private static String name(BenchmarkParams parameters) {
        String size = parameters.getParam(parameters.getParamsKeys().iterator().next());
        String[] words = parameters.getBenchmark().split("\\.", -1);
        String type = words[words.length - 2].replace("Benchmark", "").toLowerCase(Locale.ROOT);
        return type + "." + words[words.length - 1] + "." + size;
    }

    private static void ratio(Map<String, Double> nanos, String name, String ours, String floor, double budget) {
        Double above = nanos.get(ours);
        Double below = nanos.get(floor);
        if (above != null && below != null) {
            System.out.printf(
                    Locale.ROOT,
                    "vxlan.%s ratio=%.2f budget=%s%n",
                    name,
                    above / below,
                    budget == 0 ? "none" : String.valueOf(budget));
        }
    }
}
