package io.cnm4j.tck;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An authority made for a test, and certificates that it signs, with {@code openssl}. All files are PEM. */
public final class Certificates {
    private final Path directory;
    private final String name;

    /**
     * A certificate.
     *
     * @param certificate its file
     * @param key the file of its key, PKCS #8
     * @param both a file with the key and the certificate
     */
    public record Signed(Path certificate, Path key, Path both) {}

    /** Makes an authority of this name. */
    public Certificates(Path directory, String name) {
        this.directory = directory;
        this.name = name;
        openssl(
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=" + name,
                "-keyout",
                file(name + ".key"),
                "-out",
                file(name + ".pem"));
    }

    private String file(String file) {
        return directory.resolve(file).toString();
    }

    /** Returns the authority's own certificate. */
    public Path authority() {
        return directory.resolve(name + ".pem");
    }

    /** Signs a certificate for this name and, if it is a server's, the loopback. */
    public Signed sign(String subject) {
        try {
            Files.writeString(directory.resolve("names"), "subjectAltName=IP:127.0.0.1,DNS:localhost");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        openssl(
                "req",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-subj",
                "/CN=" + subject,
                "-keyout",
                file(subject + ".key"),
                "-out",
                file(subject + ".csr"));
        openssl(
                "x509",
                "-req",
                "-in",
                file(subject + ".csr"),
                "-days",
                "2",
                "-extfile",
                file("names"),
                "-CA",
                file(name + ".pem"),
                "-CAkey",
                file(name + ".key"),
                "-CAcreateserial",
                "-out",
                file(subject + ".pem"));
        Path certificate = directory.resolve(subject + ".pem");
        Path key = directory.resolve(subject + ".key");
        Path both = directory.resolve(subject + "-both.pem");
        try {
            Files.writeString(both, Files.readString(key) + Files.readString(certificate));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Signed(certificate, key, both);
    }

    private static void openssl(String... words) {
        var command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(words));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command) + ": " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start openssl; .ci/setup installs it", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
