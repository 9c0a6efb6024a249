package io.cnm4j.linux.dns.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.core.names.Registration;
import io.cnm4j.core.names.SandboxNames;
import io.cnm4j.core.names.SandboxNames.Attached;
import io.cnm4j.core.names.Zone;
import java.io.IOException;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** What we read and write by hand is what dnsjava reads. */
class CodecTest {
    static Question question(String name, int type, boolean extended) throws IOException {
        Message message = Message.newQuery(Record.newRecord(Name.fromString(name + "."), type, DClass.IN));
        if (extended) {
            message.addRecord(new org.xbill.DNS.OPTRecord(1232, 0, 0), Section.ADDITIONAL);
        }
        return Objects.requireNonNull(Question.read(message.toWire()));
    }

    static SandboxNames many(int count) {
        var zone = new Zone("net");
        for (int i = 0; i < count; i++) {
            List<IpAddress> addresses = List.of(IpAddress.ipv4(0x0a000000 + i), IpAddress.ipv6(0x20010db800000000L, i));
            zone.add(new Registration("" + i, List.of("Many", "one" + i), addresses, List.of()));
        }
        return new SandboxNames("c", List.of(new Attached(zone, Map.of())), List.of(), true, false);
    }

    @Test
    void aQuestionIsReadAsItIs() throws IOException {
        Question question = question("Shop.Example", Type.AAAA, true);
        assertThat(question.name()).isEqualTo("shop.example");
        assertThat(question.type()).isEqualTo(Question.AAAA);
        assertThat(question.udpSize()).isEqualTo(1232);
        assertThat(question.isOrdinary()).isTrue();
        assertThat(question("a", Type.A, false).udpSize()).isEqualTo(512);
    }

    @Test
    void anAnswerHasAsManyAddressesAsFitAndSaysSo() throws IOException { // DNS-17, *36
        SandboxNames names = many(100);
        for (boolean extended : new boolean[] {false, true}) {
            Question question = question("many", Type.A, extended);
            byte[] octets = Replies.addresses(
                    question, Objects.requireNonNull(names.addresses("many")), Family.IPV4, 7, question.udpSize());
            var message = new Message(octets);
            assertThat(octets.length).isLessThanOrEqualTo(question.udpSize());
            assertThat(message.getHeader().getFlag(Flags.TC)).isTrue();
            assertThat(message.getSection(Section.ANSWER)).hasSize(extended ? 74 : 30);
            assertThat(message.getOPT() != null).isEqualTo(extended);
        }
        byte[] whole = Replies.addresses(
                question("many", Type.AAAA, true),
                Objects.requireNonNull(names.addresses("many")),
                Family.IPV6,
                0,
                65_535);
        assertThat(new Message(whole).getSection(Section.ANSWER)).hasSize(100).allMatch(r -> r.getTTL() == 600);
    }

    @Test
    void allAddressesComeFirstEquallyOften() throws IOException { // DNS-04, pain 28: chi square
        SandboxNames names = many(10);
        var first = new int[10];
        Question question = question("many", Type.A, false);
        for (int i = 0; i < 10_000; i++) {
            var random = java.util.concurrent.ThreadLocalRandom.current().nextInt(10);
            byte[] octets = Replies.addresses(
                    question, Objects.requireNonNull(names.addresses("many")), Family.IPV4, random, 512);
            var answer =
                    (ARecord) new Message(octets).getSection(Section.ANSWER).get(0);
            first[answer.getAddress().getAddress()[3]]++;
        }
        double chi = 0;
        for (int count : first) {
            chi += (count - 1000.0) * (count - 1000.0) / 1000.0;
        }
        assertThat(chi).isLessThan(40); // nine degrees of freedom: one run in 100,000 is beyond
    }

    @Test
    void servicesHaveTheirAddressesBehindThem() throws IOException { // DNS-09
        Question question = question("_http._tcp.one1", Type.SRV, true);
        var service = new Zone.Service("1", io.cnm4j.api.model.ServicePort.of("_http._tcp.one1", 80), "one1");
        var message = new Message(Replies.services(question, List.of(service), many(3)::addresses, 512));
        assertThat(message.getSection(Section.ANSWER).get(0).rdataToString()).isEqualTo("0 0 80 one1.");
        assertThat(message.getSection(Section.ADDITIONAL))
                .extracting(Record::getType)
                .contains(Type.A, Type.AAAA);
    }

    @Test
    void anAnswerOfOthersGrowsOldAndKeepsTheLetterCase() throws IOException { // DNS-22, RFC 2308
        var reply = new Message(question("a.example", Type.A, true).id());
        Name name = Name.fromString("a.example.");
        reply.getHeader().setFlag(Flags.QR);
        reply.addRecord(Record.newRecord(name, Type.A, DClass.IN), Section.QUESTION);
        reply.addRecord(new ARecord(name, DClass.IN, 300, InetAddress.getByName("192.0.2.1")), Section.ANSWER);
        reply.addRecord(new ARecord(name, DClass.IN, 100, InetAddress.getByName("192.0.2.2")), Section.ANSWER);
        reply.addRecord(new org.xbill.DNS.OPTRecord(1232, 0, 0), Section.ADDITIONAL);
        var relayed = new Relayed(reply.toWire());
        assertThat(relayed.ttl()).isEqualTo(100);
        Question asked = question("A.exAmple", Type.A, true);
        var old = new Message(relayed.older(40).to(asked, 512));
        assertThat(old.getSection(Section.ANSWER)).extracting(Record::getTTL).containsExactly(260L, 60L);
        assertThat(old.getQuestion().getName()).hasToString("A.exAmple.");
        assertThat(old.getHeader().getID()).isEqualTo(asked.id());
        assertThat(old.getOPT().getPayloadSize()).isEqualTo(1232);
        assertThat(new Message(relayed.to(asked, 40)).getHeader().getFlag(Flags.TC))
                .isTrue();

        reply.removeAllRecords(Section.ANSWER);
        assertThat(new Relayed(reply.toWire()).ttl()).isZero(); // negative, and nobody says for how long
        reply.addRecord(new SOARecord(name, DClass.IN, 500, name, name, 1, 1, 1, 1, 70), Section.AUTHORITY);
        assertThat(new Relayed(reply.toWire()).ttl()).isEqualTo(70);
    }

    @Test
    void questionsThatDifferOnlyInCaseOrNumberAreEqual() throws IOException {
        var keys = new HashSet<String>();
        for (String name : List.of("web.example", "WEB.Example", "other.example")) {
            Question question = question(name, Type.A, true);
            keys.add(question.key());
        }
        assertThat(keys).hasSize(2);
        assertThat(question("web", Type.A, true).key())
                .isNotEqualTo(question("web", Type.A, false).key());
    }
}
