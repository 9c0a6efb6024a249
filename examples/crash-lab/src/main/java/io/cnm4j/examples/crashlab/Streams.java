package io.cnm4j.examples.crashlab;

import io.cnm4j.api.model.ControllerConfig;
import io.cnm4j.examples.crashlab.Step.Verb;
import io.cnm4j.examples.quickstart.Stage;
import io.cnm4j.linux.netns.Namespaces;
import io.cnm4j.spi.plan.NamespaceRef;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Sandboxes with open TCP connections between them, while the program that made them is ended and started again. */
final class Streams {
    private static final int PORT = 5000;
    private static final int PATIENCE_MILLIS = 10_000;

    private final int count;
    private final List<Stream> streams = new ArrayList<>();

    Streams(int count) {
        this.count = count;
    }

    /** A connection with both ends in hand. */
    private record Stream(Socket client, Socket server) implements AutoCloseable {
        /** Sends an octet there and back. */
        void roundTrip(int octet) throws IOException {
            client.getOutputStream().write(octet);
            Loss.unless(server.getInputStream().read() == octet, "an octet was lost on its way there");
            server.getOutputStream().write(octet);
            Loss.unless(client.getInputStream().read() == octet, "an octet was lost on its way back");
        }

        @Override
        public void close() throws IOException {
            try (client) {
                server.close();
            }
        }
    }

    void run(int restarts) throws Exception {
        File errors = File.createTempFile("crash-lab", ".log");
        try (Stage stage = Stage.build()) {
            ControllerConfig config = stage.config();
            try (Child first = Child.victim(config, errors)) {
                first.open(0, true);
                awaitReady(first);
                populate(first);
            }
            connectAll(config, errors);
            long rounds = 0;
            for (int i = 0; i < restarts; i++) {
                rounds += restart(config, errors, i % 2 == 0);
            }
            for (Stream stream : streams) {
                stream.close();
            }
            try (Child last = Child.victim(config, errors)) {
                last.open(0, true);
                awaitReady(last);
                last.send("clear");
                Loss.unless(last.next().equals(Optional.of("cleared")), "the last one could not remove everything");
            }
            List<String> leaks = stage.leaks();
            Loss.unless(leaks.isEmpty(), "leaks: " + leaks);
            System.out.printf(
                    "streams=%d restarts=%d resets=0 writes=0 roundtrips=%d%n", count, restarts, rounds * count);
        }
        errors.delete();
    }

    private void populate(Child child) throws Exception {
        child.send(new Step(Verb.CREATE_NETWORK, "n1", "-", "-").toString());
        awaitDone(child, 1);
        for (int i = 0; i < count; i++) {
            child.send(new Step(Verb.CREATE_SANDBOX, "-", "c" + i, "-").toString());
        }
        awaitDone(child, count);
        for (int i = 0; i < count; i++) {
            child.send(new Step(Verb.CONNECT, "n1", "c" + i, "e" + i).toString());
        }
        awaitDone(child, count);
    }

    private static void awaitDone(Child child, int steps) throws Exception {
        for (int i = 0; i < steps; i++) {
            String line = child.next().orElse("wrong: dead");
            Loss.unless(line.startsWith("done "), line);
        }
    }

    /** Reads a child's report: what each endpoint's addresses and each sandbox' namespace are, and how many writes it took to open. */
    private static Map<String, String> awaitReady(Child child) throws Exception {
        var report = new TreeMap<String, String>();
        String line = child.next().orElse("wrong: dead");
        while (!line.equals("ready")) {
            Loss.unless(!line.startsWith("wrong") && !line.startsWith("finding"), line);
            int value = line.lastIndexOf(' ');
            report.put(line.substring(0, value), line.substring(value + 1));
            line = child.next().orElse("wrong: dead");
        }
        return report;
    }

    /** Opens a connection from each sandbox to the next. */
    private void connectAll(ControllerConfig config, File errors) throws Exception {
        try (Child child = Child.victim(config, errors)) {
            child.open(0, true);
            Map<String, String> report = awaitReady(child);
            for (int i = 0; i < count; i++) {
                int next = (i + 1) % count;
                String address =
                        report.getOrDefault("addresses n1/e" + next, "none").replaceAll("[\\[\\]]", "");
                var target = new InetSocketAddress(address, PORT);
                try (ServerSocket listening = Namespaces.visit(namespace(report, next), () -> new ServerSocket(PORT))) {
                    listening.setSoTimeout(PATIENCE_MILLIS);
                    Socket client = Namespaces.visit(namespace(report, i), () -> connected(target));
                    client.setSoTimeout(PATIENCE_MILLIS);
                    Socket server = listening.accept();
                    server.setSoTimeout(PATIENCE_MILLIS);
                    streams.add(new Stream(client, server));
                }
            }
        }
    }

    private static NamespaceRef namespace(Map<String, String> report, int container) {
        return NamespaceRef.at(report.getOrDefault("namespace c" + container, "none"));
    }

    private static Socket connected(InetSocketAddress target) throws IOException {
        var socket = new Socket();
        socket.connect(target, PATIENCE_MILLIS);
        return socket;
    }

    /** Starts a program, keeps all connections busy until it is ready, ends it, and returns how often all were used. */
    private long restart(ControllerConfig config, File errors, boolean killed) throws Exception {
        try (Child child = Child.victim(config, errors)) {
            child.open(0, true);
            var ready = new java.util.concurrent.FutureTask<>(() -> awaitReady(child));
            var waiting = new Thread(ready, "awaits a restart");
            waiting.start();
            long rounds = 0;
            while (!ready.isDone()) {
                roundTrips(++rounds);
            }
            String writes = ready.get().getOrDefault("writes", "unknown");
            Loss.unless(writes.equals("0"), "opening again wrote to the kernel " + writes + " times");
            if (killed) {
                child.kill();
            } else {
                child.send("close");
            }
            child.await();
            roundTrips(++rounds);
            return rounds;
        }
    }

    private void roundTrips(long octet) throws IOException {
        for (Stream stream : streams) {
            stream.roundTrip((int) octet & 0x7f);
        }
    }
}
