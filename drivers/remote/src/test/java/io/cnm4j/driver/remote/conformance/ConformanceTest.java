package io.cnm4j.driver.remote.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.tck.FakePlugin;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kit is tried on a sound plug-in, and on one for each rule that breaks just it. */
class ConformanceTest {
    @TempDir
    Path directory;

    private int number;

    private Map<Rule, String> verdicts(Consumer<FakePlugin> breaking) {
        Path socket = directory.resolve("p" + number++ + ".sock");
        try (var plugin = new FakePlugin(socket);
                var conformance = new Conformance(socket)) {
            breaking.accept(plugin);
            return conformance.run();
        }
    }

    private static Set<Rule> broken(Map<Rule, String> verdicts) {
        var broken = new TreeSet<Rule>();
        verdicts.forEach((rule, why) -> {
            if (!why.isEmpty()) {
                broken.add(rule);
            }
        });
        return broken;
    }

    @Test
    void aSoundPluginKeepsAllRulesAndIsLeftEmpty() {
        Path socket = directory.resolve("sound.sock");
        try (var plugin = new FakePlugin(socket);
                var conformance = new Conformance(socket)) {
            Map<Rule, String> verdicts = conformance.run();
            assertThat(verdicts.keySet()).containsExactly(Rule.values());
            assertThat(verdicts.values()).containsOnly("");
            assertThat(plugin.holds()).isEmpty();
        }
    }

    @Test
    void eachRuleIsBrokenByThePluginThatBreaksIt() {
        var breaking = new EnumMap<Rule, Consumer<FakePlugin>>(Rule.class);
        breaking.put(Rule.R01, plugin -> plugin.says("Plugin.Activate", "{\"Implements\":[]}"));
        breaking.put(Rule.R02, plugin -> plugin.says("NetworkDriver.GetCapabilities", "{\"Scope\":\"moon\"}"));
        breaking.put(Rule.R04, plugin -> plugin.says("NetworkDriver.CreateNetwork", "{\"Err\":\"never\"}"));
        breaking.put(
                Rule.R06,
                plugin ->
                        plugin.says("NetworkDriver.CreateEndpoint", "{\"Interface\":{\"Address\":\"198.18.7.2/24\"}}"));
        breaking.put(Rule.R07, plugin -> plugin.says("NetworkDriver.EndpointOperInfo", "{\"Err\":\"who?\"}"));
        breaking.put(Rule.R09, plugin -> plugin.says("NetworkDriver.DeleteEndpoint", "{\"Err\":\"never\"}"));
        breaking.put(Rule.R11, plugin -> plugin.says("NetworkDriver.DeleteNetwork", "{\"Err\":\"never\"}"));
        breaking.put(Rule.R21, plugin -> plugin.says("IpamDriver.GetDefaultAddressSpaces", "{}"));
        breaking.put(Rule.R22, plugin -> plugin.says("IpamDriver.RequestPool", "{\"PoolID\":\"\",\"Pool\":\"x\"}"));
        breaking.put(Rule.R26, plugin -> plugin.says("IpamDriver.ReleasePool", "{\"Error\":\"never\"}"));
        breaking.forEach(
                (rule, how) -> assertThat(broken(verdicts(how))).as("%s", rule).isEqualTo(Set.of(rule)));
    }

    @Test
    void aPluginThatSaysYesToEverythingBreaksTheRulesThatWantANo() {
        Map<Rule, String> verdicts = verdicts(plugin -> {
            for (String method : List.of("CreateNetwork", "Join")) {
                plugin.says("NetworkDriver." + method, "{}");
            }
            plugin.says("NetworkDriver.DeleteNetwork", "{}");
            plugin.says("NetworkDriver.Leave", "{}");
            plugin.says("IpamDriver.RequestAddress", "{\"Address\":\"198.18.8.77/24\"}");
        });
        assertThat(broken(verdicts)).containsExactly(Rule.R03, Rule.R05, Rule.R10, Rule.R23, Rule.R24, Rule.R25);
    }

    @Test
    void aJoinThatCannotBeReadIsBroken() {
        Map<Rule, String> verdicts = verdicts(plugin -> plugin.does("NetworkDriver.Join", (body, out) -> {
            boolean there = plugin.holds().contains("endpoint " + FakePlugin.field(body, "EndpointID"));
            plugin.hold("joined " + FakePlugin.field(body, "EndpointID"));
            FakePlugin.write(out, 200, there ? "{\"Gateway\":\"nowhere\"}" : "{\"Err\":\"no endpoint\"}");
        }));
        assertThat(broken(verdicts)).containsExactly(Rule.R08);
    }

    @Test
    void anAddressThatIsNotTakenBackIsBroken() {
        Map<Rule, String> verdicts =
                verdicts(plugin -> plugin.says("IpamDriver.ReleaseAddress", "{\"Error\":\"never\"}"));
        assertThat(broken(verdicts)).containsExactly(Rule.R25);
    }
}
