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
    private static final String FOREIGN =
            "ip link add foreign0 type bridge && ip link set foreign0 addrgenmode none && ip address add 192.0.2.1/24 dev foreign0"
                    + " && ip link set foreign0 up && nft add table inet foreign"
                    + " && nft add chain inet foreign input '{ type filter hook input priority 0; }'"
                    + " && nft add rule inet foreign input tcp dport 9 drop";
    private static final String LOOK = "ip address show dev foreign0 && nft list table inet foreign";
    private static final String AWAY = "ip link del foreign0 && nft delete table inet foreign";

    private static final int WIDTH = 70; // of what is shown of a finding

    private final NetworkController controller;
    private final Patients patients;
    private final Shell host;
    private final Damages damages;
    private final List<String> failures = new ArrayList<>();
    private int count;

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
        damages.thatHarmOthers().forEach(this::suffer); // before there are others
        host.run(FOREIGN);
        String foreign = host.run(LOOK);
        damages.all().forEach(this::suffer);
        require(host.run(LOOK).equals(foreign), "something foreign was changed: " + host.run(LOOK));
        require(failures.isEmpty(), failures.size() + " of " + count + " failed: " + String.join("; ", failures));
        System.out.printf("%ndamages=%d found=%d repaired=%d foreign=untouched%n", count, count, count);
        host.run(AWAY);
        patients.leave();
    }

    private void suffer(Damage damage) {
        count++;
        String found = "";
        String verdict = "repaired";
        try {
            Shell shell = damage.place() == Damage.Place.HOST
                    ? host
                    : new Shell(NamespaceRef.at(patients.first().namespacePath().toString()));
            shell.run(damage.command());
            List<Finding> findings = controller.check();
            found = findings.isEmpty()
                    ? ""
                    : findings.get(0).kind() + " " + findings.get(0).detail();
            require(!findings.isEmpty(), "nothing was found");
            List<Finding> left = controller.repair(findings);
            require(left.isEmpty(), "left after the repair: " + left);
            require(controller.check().isEmpty(), "a second check finds something");
            patients.talk();
            patients.useConnection(count & 0x7f);
        } catch (Exception failure) {
            verdict = "FAILED: " + failure;
            failures.add(damage.what() + ": " + failure);
        }
        System.out.printf("%-34s found: %-" + WIDTH + "." + WIDTH + "s %s%n", damage.what(), found, verdict);
    }

    private static void require(boolean truth, String otherwise) {
        if (!truth) {
            throw new IllegalStateException(otherwise);
        }
    }
}
