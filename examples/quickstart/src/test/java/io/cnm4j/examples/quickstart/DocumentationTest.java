package io.cnm4j.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.Finding;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.examples.quickstart.Pages.Block;
import io.cnm4j.spi.host.KernelFeature;
import io.cnm4j.spi.plan.FirewallOp;
import io.cnm4j.spi.plan.HostFirewall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the pages say is what the source tree has. */
class DocumentationTest {
    private static String text(String file) throws IOException {
        return Files.readString(Pages.ROOT.resolve(file));
    }

    private static List<String> found(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .distinct()
                .toList();
    }

    @Test
    void everyJavaBlockIsInTheFileThatItNames() throws IOException {
        List<Block> blocks = Pages.blocks("java");
        assertThat(blocks).extracting(Block::page).hasSizeGreaterThan(5);
        for (Block block : blocks) {
            assertThat(block.source()).as("the comment before %s", block).endsWith(".java");
            assertThat(block.isIn(Files.readAllLines(Pages.ROOT.resolve(block.source()))))
                    .as("%s should be, line by line, in %s", block.lines(), block.source())
                    .isTrue();
        }
    }

    @Test
    void aBlockThatDiffersInOneWordIsNoticed() {
        var block = new Block(Path.of("page"), "java", "", List.of("if (a) {", "    b();", "", "}"));
        assertThat(block.isIn(List.of("x", "  if (a) {", "      b();", "", "  }")))
                .isTrue();
        assertThat(block.isIn(List.of("x", "  if (a) {", "      c();", "", "  }")))
                .isFalse();
        assertThat(block.isIn(List.of("  if (a) {", "    b();", "", "  }"))).isFalse();
    }

    @Test
    void theReadmeNamesTheBillOfMaterialsAndWhatIsInIt() throws IOException {
        String bom = text("api/bom/pom.xml");
        String version = found("<version>([^<]+)</version>", bom).get(0);
        List<Block> blocks = Pages.blocks("xml");
        assertThat(blocks).isNotEmpty();
        for (Block block : blocks) {
            String xml = String.join("\n", block.lines());
            assertThat(found("<groupId>([^<]+)</groupId>", xml)).containsExactly("io.cnm4j");
            assertThat(found("<version>([^<]+)</version>", xml)).isSubsetOf(version);
            assertThat(found("<artifactId>([^<]+)</artifactId>", bom))
                    .containsAll(found("<artifactId>([^<]+)</artifactId>", xml));
        }
        assertThat(found("(<artifactId>cnm4j-bom</artifactId>\\s*<version>[^<]+)", text("README.md")))
                .hasSize(1)
                .allMatch(line -> line.endsWith(">" + version));
    }

    @Test
    void linksAndCommandsLeadSomewhere() throws IOException {
        String examples = text("examples/run");
        String benchmarks = text("benchmarks/run");
        for (Path page : Pages.all()) {
            String text = Files.readString(page);
            for (String link : found("\\]\\(([^)#:]+)[^):]*\\)", text)) {
                assertThat(page.resolveSibling(link)).as("link in " + page).exists();
            }
            for (String path :
                    found("`((?:\\.ci|api|impl-linux|drivers|kvstore|examples|benchmarks|docs)/[^` ]*)", text)) {
                assertThat(Pages.ROOT.resolve(path)).as("path in " + page).exists();
            }
            found("examples/run ([a-z-]+)", text)
                    .forEach(name -> assertThat(examples).contains("  " + name + ") "));
            found("benchmarks/run ([a-z-]+)", text)
                    .forEach(name -> assertThat(benchmarks).contains("  " + name + ") "));
        }
    }

    @Test
    void pagesNameAllThereIs() throws IOException {
        String options = text("drivers/bridge/src/main/java/io/cnm4j/driver/bridge/BridgeOptions.java");
        assertThat(text("docs/bridge.md")).contains(found("String [A-Z_0-9]+ = \"([^\"]+)\"", options));
        for (String driver : List.of("Macvlan", "Ipvlan")) {
            String file = "drivers/macvlan/src/main/java/io/cnm4j/driver/macvlan/" + driver + "Options.java";
            assertThat(text("docs/macvlan.md")).contains(found("String [A-Z_0-9]+ = \"([^\"]+)\"", text(file)));
        }
        String config = text("api/src/main/java/io/cnm4j/api/model/ControllerConfig.java");
        String subnet = text("api/src/main/java/io/cnm4j/api/model/SubnetRequest.java");
        String ipam = text("drivers/ipam/src/main/java/io/cnm4j/driver/ipam/PoolIpam.java");
        assertThat(text("docs/addresses.md"))
                .contains(found("List<AddressPool> ([a-zA-Z]+)\\(\\);", config))
                .contains(found("\\*/\\s+(?:@Value.Default\\s+default )?[A-Z][A-Za-z<>, ]+ ([a-z]+)\\(\\)[ ;]", subnet))
                .contains(found("_OPTION = \"([^\"]+)\"", ipam));
        for (KernelFeature feature : KernelFeature.values()) {
            assertThat(text("docs/kernel-and-permissions.md"))
                    .contains("| " + feature.label() + " | " + feature.since() + " | " + feature.option() + " |");
        }
        for (Finding.Kind kind : Finding.Kind.values()) {
            assertThat(text("docs/restart-and-repair.md")).contains("| `" + kind + "` |");
        }
        try (Stream<Path> types = Files.list(Pages.ROOT.resolve("api/src/main/java/io/cnm4j/api/error"))) {
            String errors = text("docs/errors.md");
            types.map(type -> type.getFileName().toString().replace(".java", ""))
                    .filter(type -> type.endsWith("Exception"))
                    .forEach(type -> assertThat(errors).contains("`" + type + "`"));
        }
    }

    @Test
    void theFirewallShownIsTheOneThatIsMade() throws IOException {
        var table = new FirewallOp.AddTable(HostFirewall.table(new ControllerId("0".repeat(64))));
        assertThat(Pages.blocks("nft")).extracting(Block::lines).containsExactly(table.render());
    }

    @Tag("kernel")
    @Test
    void theProgramOfTheReadmeRunsOnAFreshMachine() throws Exception {
        ExampleRun.assumeRoot();
        Process process = new ProcessBuilder(
                        "unshare",
                        "--net",
                        "--mount",
                        "sh",
                        "-ec",
                        "mount -t tmpfs none /var/lib; mount -t tmpfs none /run; exec \"$@\"",
                        "sh",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Readme.class.getName())
                .redirectErrorStream(true)
                .start();
        String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(told).isZero();
        assertThat(told).contains("/172.17.0.3 called /172.17.0.2");
    }

    @Tag("kernel")
    @Test
    void theRecipesOfThePagesWork() throws Exception {
        ExampleRun.assumeRoot();
        try (Stage stage = Stage.build()) {
            Path given = Path.of(stage.config().hostNamespace().orElseThrow().toString())
                    .resolveSibling("outside");
            try (NetworkController controller = NetworkController.open(stage.config())) {
                var recipes = new Recipes(controller);
                Network shop = recipes.bridge();
                recipes.addresses();
                Sandbox server = recipes.sandboxes(shop);
                recipes.withItsNetworks(shop);
                recipes.ports(shop);
                recipes.links(shop);
                String host = stage.config().hostNamespace().orElseThrow().toString();
                new ProcessBuilder("nsenter", "--net=" + host, "ip", "link", "add", "lan0", "type", "bridge")
                        .start()
                        .waitFor();
                recipes.macvlan("lan0").delete();
                new ProcessBuilder("nsenter", "--net=" + host, "ip", "link", "del", "lan0")
                        .start()
                        .waitFor();
                recipes.given(given);
                recipes.errors(NetworkRequest.named("shop"));
                recipes.patience(NetworkRequest.named("street"));
                recipes.changed(shop);
                recipes.dryRun(shop, server);
                recipes.doctor();
            }
            try (NetworkController controller = Recipes.reopen(stage.config())) {
                controller.sandboxByContainer("server").delete();
                controller.networks().forEach(Network::delete);
            }
            assertThat(stage.leaks()).isEmpty();
        }
    }
}
