"""What a co-op prints: letters, forms, lists and records of a meeting, as PDF (A4) and, for the minutes, as a page too.

Nothing here reads a ledger, a clock or a database. Whoever has read them fills in a *content*, a frozen struct of
plain strings, numbers and times, and asks for its paper in the manner of writing of its reader::

    from app.papers import minutes, render

    content = minutes.Minutes(house=House(name="山の結協同組合"), dated=1775034000000, …)
    render.pdf(content, fmt)        # bytes; `fmt` is the reader's `app.texts.formats.Formats`
    render.html(content, fmt)       # Markup to be set into a page that links `css/papers.css`
    render.unwritable(content, fmt) # characters that no font here has: shown as 〓, to be told to the office

=========================  ============================================================================
content                    paper
=========================  ============================================================================
`convocation.Convocation`  招集通知, agenda, 委任状, 書面議決書: for each household, one after the other
`labels.Labels`            address labels, 12 or 24 on a sheet
`reception.Reception`      受付名簿, in reading order
`circulation.Circulation`  回覧, a box per household
`notified.Notified`        who was notified, how and when
`minutes.Minutes`          議事録, also as HTML
`audit_report.AuditReport` 監査報告書
=========================  ============================================================================

One PDF per household, to be kept or sent one by one, is a `Convocation` of that household alone. What an office prints
is all of them in few files: `Convocation.batches()`.

How it works: a content's `said(fmt)` is everything the paper says, in words (`paper.Paper`). Templates lay it out and
have no words of their own, so PDF and page cannot differ. It reaches typst as JSON: no name is ever read as markup.
The same content gives the same bytes. PDFs are tagged and fit for archives (PDF/UA-1, PDF/A-2a).

Rendering is work for the processor, about 10 ms a page and 4 ms a QR code, and lets other threads run: call it by
`asyncio.to_thread`.
"""
