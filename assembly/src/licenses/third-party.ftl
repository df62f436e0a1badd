# Licences of the libraries in lib/

The texts that a library carries are in the folder of its name here. A library that carries none is under a licence whose
text is in a file of the licence's name: `Apache-2.0` is the file `LICENSE` of the archive, `BSD-3-Clause` is
`ASM-BSD-3-Clause.txt`. Where a library has several licences, any of them may be chosen.

| jar | licence | from |
|---|---|---|
<#list dependencyMap as entry>
<#assign library=entry.getKey()>
<#if library.groupId != "dev.pier">
| `${library.artifactId}-${library.version}.jar` | ${entry.getValue()?join(" or ")} | ${library.url!""} |
</#if>
</#list>
