package io.cnm4j.linux.dns;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** An upstream that does not answer, for the flight recorder. */
@Name("io.cnm4j.UpstreamFailed")
@Label("Upstream failed")
@Category({"cnm4j", "Names"})
@Description("A name server was silent or could not be reached; others are asked before it for a while")
@StackTrace(false)
final class UpstreamFailed extends Event {
    @Label("Container")
    String container = "";

    @Label("Upstream")
    String upstream = "";
}
