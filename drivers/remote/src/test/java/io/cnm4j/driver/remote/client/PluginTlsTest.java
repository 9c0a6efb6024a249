package io.cnm4j.driver.remote.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.driver.remote.protocol.Method;
import io.cnm4j.driver.remote.protocol.NetworkCapabilities;
import io.cnm4j.spi.host.Deadline;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PL-02: a plug-in that a .json file describes is asked over TLS, with certificates both ways where the file says so. */
class PluginTlsTest {
    private static final int MOST = 100_000;
    private static final char[] PASSWORD = "secret".toCharArray();
    private static final Limits LIMITS = new Limits(
            Duration.ofSeconds(5), Duration.ofMillis(1), Duration.ofMillis(50), MOST, 100, Duration.ofSeconds(1));

    @TempDir
    Path directory;

    private final PluginHttp http = new PluginHttp(MOST);
    private Optional<HttpsServer> server = Optional.empty();

    @BeforeEach
    void certify() throws Exception {
        for (String authority : List.of("ca", "stranger")) {
            openssl(
                    "req",
                    "-x509",
                    "-newkey",
                    "ec",
                    "-pkeyopt",
                    "ec_paramgen_curve:P-256",
                    "-nodes",
                    "-days",
                    "2",
                    "-subj",
                    "/CN=" + authority,
                    "-keyout",
                    file(authority + ".key"),
                    "-out",
                    file(authority + ".pem"));
        }
        certificate("server", "IP:127.0.0.1");
        certificate("elsewhere", "DNS:elsewhere.example");
        certificate("client", "DNS:client.example");
    }

    @AfterEach
    void close() {
        server.ifPresent(running -> running.stop(0));
        http.close();
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    private void openssl(String... words) throws Exception {
        var command = new java.util.ArrayList<>(List.of("openssl"));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", command, told).isZero();
    }

    /** Makes NAME.pem, NAME.key (PKCS #8) and NAME.p12, signed by the authority. */
    private void certificate(String name, String subject) throws Exception {
        Files.writeString(directory.resolve(name + ".ext"), "subjectAltName=" + subject);
        openssl(
                "req",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-subj",
                "/CN=" + name,
                "-keyout",
                file(name + ".key"),
                "-out",
                file(name + ".csr"));
        openssl(
                "x509",
                "-req",
                "-days",
                "2",
                "-in",
                file(name + ".csr"),
                "-CA",
                file("ca.pem"),
                "-CAkey",
                file("ca.key"),
                "-CAcreateserial",
                "-extfile",
                file(name + ".ext"),
                "-out",
                file(name + ".pem"));
        openssl(
                "pkcs12",
                "-export",
                "-in",
                file(name + ".pem"),
                "-inkey",
                file(name + ".key"),
                "-certfile",
                file("ca.pem"),
                "-passout",
                "pass:secret",
                "-out",
                file(name + ".p12"));
    }

    /** Serves with this certificate; whoever asks must show one of the same authority. */
    private void serve(String name) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(directory.resolve(name + ".p12"))) {
            keys.load(in, PASSWORD);
        }
        var own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        KeyStore authority = KeyStore.getInstance("PKCS12");
        authority.load(null, PASSWORD);
        authority.setCertificateEntry(
                "ca", keys.getCertificateChain(keys.aliases().nextElement())[1]);
        var trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(authority);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        HttpsServer listening = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        listening.setHttpsConfigurator(new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters wanted = context.getDefaultSSLParameters();
                wanted.setNeedClientAuth(true);
                parameters.setSSLParameters(wanted);
            }
        });
        listening.createContext("/", exchange -> {
            boolean activation = exchange.getRequestURI().getPath().equals("/Plugin.Activate");
            byte[] answer = (activation ? "{\"Implements\":[\"NetworkDriver\"]}" : "{\"Scope\":\"local\"}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        listening.start();
        server = Optional.of(listening);
    }

    private NetworkCapabilities ask(String tls) throws Exception {
        Files.writeString(
                directory.resolve("safe.json"),
                "{\"Name\":\"safe\",\"Addr\":\"https://127.0.0.1:"
                        + server.orElseThrow().getAddress().getPort() + "\",\"TLSConfig\":{" + tls + "}}");
        var plugin = new Plugin(
                "safe", new PluginSearch(List.of(), List.of(directory)), http, LIMITS, System::nanoTime, Map.of());
        return plugin.call(
                Method.NETWORK_CAPABILITIES,
                Map.of(),
                Deadline.after(Duration.ofSeconds(3)),
                NetworkCapabilities::read);
    }

    private String authority(String name) {
        return "\"CAFile\":\"" + file(name + ".pem") + "\"";
    }

    private String own() {
        return "\"CertFile\":\"" + file("client.pem") + "\",\"KeyFile\":\"" + file("client.key") + "\"";
    }

    @Test
    void certificatesBothWays() throws Exception {
        serve("server");
        assertThat(ask(authority("ca") + "," + own()).scope()).isEqualTo("local");
    }

    @Test
    void withoutAnAuthorityTheServerIsNotVerified() throws Exception {
        serve("elsewhere");
        assertThat(ask(own()).scope()).isEqualTo("local");
        assertThat(ask(authority("stranger") + ",\"InsecureSkipVerify\":true," + own())
                        .scope())
                .isEqualTo("local");
    }

    @Test
    void whoCannotProveItIsNotTalkedTo() throws Exception {
        serve("server");
        refused(authority("stranger") + "," + own());
        refused(authority("ca")); // this side shows nothing
        server.orElseThrow().stop(0);
        serve("elsewhere");
        refused(authority("ca") + "," + own());
    }

    private void refused(String tls) {
        assertThatThrownBy(() -> ask(tls)).isInstanceOf(CnmException.class).hasMessageContaining("'safe'");
    }

    @Test
    void filesThatAreNoCertificatesAreNamed() throws Exception {
        serve("server");
        Files.writeString(directory.resolve("junk.pem"), "junk");
        assertThatThrownBy(() -> ask(authority("junk")))
                .isInstanceOf(CnmException.class)
                .hasMessageContaining("PEM");
    }
}
