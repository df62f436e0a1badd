package dev.pier.erlang.conformance;

/// The sections of the protocol's documents, in their order. Rules that no document has are read in OTP's source.
public enum Section {
    EPMD("EPMD Protocol", "erl_dist_protocol"),
    HANDSHAKE("Distribution Handshake", "erl_dist_protocol"),
    FLAGS("Distribution Flags", "erl_dist_protocol"),
    FRAMES("Protocol between Connected Nodes", "erl_dist_protocol"),
    HEADER("Distribution Header", "erl_ext_dist"),
    CONTROL("Control Messages", "erl_dist_protocol"),
    LINKS("Link Protocol", "erl_dist_protocol"),
    SILENT("Where the documents are silent", "dist.c, dist_util.erl, net_kernel.erl");

    private final String title;
    private final String document;

    Section(String title, String document) {
        this.title = title;
        this.document = document;
    }

    String title() {
        return title;
    }

    String document() {
        return document;
    }
}
