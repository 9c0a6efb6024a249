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
import java.util.Objects;
import java.util.TreeMap;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
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
        print(results, floor);
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

    private static void print(Collection<RunResult> results, Map<Integer, List<Double>> floor) {
        Map<String, Double> nanos = new TreeMap<>();
        for (RunResult result : results) {
            var parameters = result.getParams();
            String size =
                    parameters.getParam(parameters.getParamsKeys().iterator().next());
            String benchmark = parameters.getBenchmark();
            String[] words = benchmark.split("\\.", -1);
            String name = words[words.length - 2].replace("Benchmark", "").toLowerCase(Locale.ROOT) + "."
                    + words[words.length - 1] + "." + size;
            nanos.put(name, result.getPrimaryResult().getScore());
            Result<?> allocated = result.getSecondaryResults().get("gc.alloc.rate.norm");
            if (allocated != null && !name.contains("plain")) {
                System.out.printf(
                        Locale.ROOT, "vxlan.%s.octets-allocated ratio=%.2f budget=0.01%n", name, allocated.getScore());
            }
        }
        nanos.forEach((name, score) -> System.out.printf(Locale.ROOT, "%-40s %10.2f ns%n", name, score));
        floor.forEach((size, samples) -> System.out.printf(Locale.ROOT, "c.thereAndBack.%-25d %s ns%n", size, samples));
        if (!floor.isEmpty()) {
            double least = Objects.requireNonNull(floor.get(64)).stream()
                    .mapToDouble(each -> each)
                    .average()
                    .orElseThrow();
            ratio("there-and-back.64", of(nanos, "codec.thereAndBack.64"), least, 1.5);
        }
        ratio("there-and-back.1450", of(nanos, "codec.thereAndBack.1450"), of(nanos, "codec.copies.1450"), 1.1);
        ratio("there-and-back.plain.64", of(nanos, "codec.thereAndBack.64"), of(nanos, "codec.plain.64"), 0);
        ratio("cut.1398", of(nanos, "tcp.cut.1398"), of(nanos, "tcp.copy.1398"), 0);
        ratio("join.1398", of(nanos, "tcp.join.1398"), of(nanos, "tcp.copy.1398"), 0);
        ratio("look-up.10000", of(nanos, "table.mac.10000"), of(nanos, "table.plain.10000"), 0);
    }

    private static double of(Map<String, Double> nanos, String name) {
        return Objects.requireNonNull(nanos.get(name), name);
    }

    private static void ratio(String name, double ours, double floor, double budget) {
        System.out.printf(
                Locale.ROOT,
                "vxlan.%s ratio=%.2f budget=%s%n",
                name,
                ours / floor,
                budget == 0 ? "none" : String.valueOf(budget));
    }
}
