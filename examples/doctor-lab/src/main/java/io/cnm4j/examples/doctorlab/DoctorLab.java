package io.cnm4j.examples.doctorlab;

import io.cnm4j.api.NetworkController;
import io.cnm4j.api.model.ControllerConfig;
import io.cnm4j.api.model.Finding;
import io.cnm4j.examples.quickstart.Stage;
import io.cnm4j.spi.plan.NamespaceRef;
import java.util.ArrayList;
import java.util.List;

/** Breaks a host in every way, has it repaired, and counts. Run it as root with {@code examples/run doctor-lab}. */
public final class DoctorLab {
    private static final String FOREIGN = "ip link add foreign0 type bridge && ip address add 192.0.2.1/24 dev foreign0"
            + " && ip link set foreign0 up && nft add table inet foreign"
            + " && nft add chain inet foreign input '{ type filter hook input priority 0; }'"
            + " && nft add rule inet foreign input tcp dport 9 drop";
    private static final String LOOK = "ip address show dev foreign0 && nft list table inet foreign";
    private static final String AWAY = "ip link del foreign0 && nft delete table inet foreign";

    private final NetworkController controller;
    private final Patients patients;
    private final Shell host;
    private final Damages damages;
    private final List<String> failures = new ArrayList<>();

    private DoctorLab(NetworkController controller, Patients patients, Shell host, Damages damages) {
        this.controller = controller;
        this.patients = patients;
        this.host = host;
        this.damages = damages;
    }

    /** Throws if a damage was not found, was not repaired, or harmed somebody else. */
    public static void main(String[] args) throws Exception {
        try (Stage stage = Stage.build()) {
            ControllerConfig config = stage.config();
            try (NetworkController controller = NetworkController.open(config);
                    Patients patients = new Patients(controller)) {
                var host = new Shell(
                        NamespaceRef.at(config.hostNamespace().orElseThrow().toString()));
                var lab = new DoctorLab(
                        controller,
                        patients,
                        host,
                        patients.damages(controller, config.runDirectory().toString()));
                lab.run();
            }
            List<String> leaks = stage.leaks();
            require(leaks.isEmpty(), "left over: " + leaks);
        }
        System.out.println("\ndoctor-lab: ok\nleaks: 0");
    }

    private void run() throws Exception {
        require(controller.check().isEmpty(), "a healthy host has findings: " + controller.check());
        patients.talk();
        List<Damage> all = damages.all();
        int octet = 0;
        for (Damage damage : all) {
            if (damage.command().equals("nft flush ruleset")) {
                suffer(damage, octet++ & 0x7f); // before there is anything foreign to lose
            }
        }
        host.run(FOREIGN);
        String foreign = host.run(LOOK);
        for (Damage damage : all) {
            if (!damage.command().equals("nft flush ruleset")) {
                suffer(damage, octet++ & 0x7f);
            }
        }
        require(host.run(LOOK).equals(foreign), "something foreign was changed: " + host.run(LOOK));
        require(failures.isEmpty(), failures.size() + " of " + octet + " failed: " + String.join("; ", failures));
        System.out.printf("%ndamages=%d found=%d repaired=%d foreign=untouched%n", octet, octet, octet);
        host.run(AWAY);
        patients.leave();
    }

    private void suffer(Damage damage, int octet) throws Exception {
        Shell shell = damage.place() == Damage.Place.HOST
                ? host
                : new Shell(NamespaceRef.at(patients.first().namespacePath().toString()));
        try {
            shell.run(damage.command());
        } catch (java.io.IOException undone) {
            failures.add(undone.toString());
            System.out.println(damage.what() + ": " + undone);
            return;
        }
        List<Finding> findings = controller.check();
        List<Finding> left = repair(findings);
        List<Finding> again = controller.check();
        String verdict = "repaired";
        if (findings.isEmpty()) {
            verdict = "MISSED";
        } else if (!left.isEmpty() || !again.isEmpty()) {
            verdict = "NOT REPAIRED: " + left.get(0).detail();
        } else {
            try {
                patients.talk();
                patients.useConnection(octet);
            } catch (java.io.IOException broken) {
                verdict = "TRAFFIC BROKEN: " + broken;
            }
        }
        System.out.printf(
                "%-40s found %-60s %s%n",
                damage.what(),
                findings.stream()
                        .map(finding -> finding.kind() + " " + finding.detail())
                        .findFirst()
                        .map(text -> text.substring(0, Math.min(text.length(), 60)))
                        .orElse("nothing"),
                verdict);
        if (!verdict.equals("repaired")) {
            failures.add(damage.what() + ": " + verdict);
        }
    }

    private List<Finding> repair(List<Finding> findings) {
        try {
            return controller.repair(findings);
        } catch (io.cnm4j.api.error.CnmException refused) {
            System.out.println(refused);
            return findings;
        }
    }

    private static void require(boolean truth, String otherwise) {
        if (!truth) {
            throw new IllegalStateException(otherwise);
        }
    }
}
