/// How the evaluation's page looks, in light and in dark: the reader's system decides.
enum EvaluationPageStyle {
  static let sheet = """
    :root { color-scheme: light dark; --page: #f6f7f5; --card: #ffffff; --ink: #1b2420; --soft: #5c6863; --line: #e1e5e2;
      --recipe: #0b7a5c; --signal: #4a78b5; --baseline: #8a938e; --warm: #c2571a; --bar: #cfe3da; --loss: #f0d3c4; }
    @media (prefers-color-scheme: dark) {
      :root { --page: #111513; --card: #191f1c; --ink: #e6ece9; --soft: #98a59f; --line: #2b3430;
        --recipe: #4cc59c; --signal: #7ea9e0; --baseline: #7d8883; --warm: #f0935a; --bar: #24483b; --loss: #55331f; }
    }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--page); color: var(--ink);
      font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
    main { max-width: 1040px; margin: 0 auto; padding: 40px 24px 64px; }
    header { margin-bottom: 28px; }
    h1 { font-size: 30px; line-height: 1.2; margin: 0 0 6px; letter-spacing: -.02em; }
    h2 { font-size: 19px; margin: 0 0 4px; letter-spacing: -.01em; }
    p { margin: 0 0 14px; max-width: 72ch; }
    .lead, .card > p, dd { color: var(--soft); }
    .card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 22px 24px;
      margin: 0 0 20px; }
    .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); gap: 14px; margin: 0 0 20px; }
    .tile { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 14px 18px; }
    .tile b { display: block; font-size: 28px; line-height: 1.25; font-variant-numeric: tabular-nums;
      letter-spacing: -.02em; }
    .tile span { color: var(--soft); font-size: 12.5px; display: block; overflow-wrap: anywhere; }
    .tile.ranker b { color: var(--recipe); }
    .facts { display: grid; grid-template-columns: max-content 1fr; gap: 3px 22px; margin: 8px 0 0; }
    .facts dt { color: var(--soft); }
    .facts dd { margin: 0; color: var(--ink); overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
    .words dt { font-weight: 600; margin-top: 8px; }
    .words dd { margin: 0; max-width: 80ch; }
    .scroll { overflow-x: auto; margin: 10px -8px 0; }
    table { border-collapse: collapse; width: 100%; font-size: 12px; font-variant-numeric: tabular-nums; }
    th, td { padding: 5px; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
    thead th { color: var(--soft); font-weight: 500; }
    tbody th { font-weight: 500; }
    .left { text-align: left; }
    td.left:last-child { white-space: normal; min-width: 16em; }
    tr.recipe th { color: var(--recipe); font-weight: 700; }
    tr.baseline th { color: var(--soft); }
    details { margin-top: 8px; }
    summary { cursor: pointer; color: var(--soft); }
    ul { margin: 8px 0 0; padding-left: 20px; }
    footer { color: var(--soft); font-size: 13px; }
    .legend { display: flex; flex-wrap: wrap; gap: 4px 20px; color: var(--soft); font-size: 13px; margin: 0 0 4px; }
    .legend i { display: inline-block; width: 10px; height: 10px; border-radius: 50%; margin-right: 7px; }
    .legend .recipe { background: var(--recipe); } .legend .signal { background: var(--signal); }
    .legend .baseline { background: var(--baseline); }
    svg { display: block; width: 100%; height: auto; margin: 6px auto 0; font-family: inherit; }
    svg.narrow { max-width: 680px; }
    svg text { fill: var(--ink); font-size: 13px; }
    svg .tick { fill: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
    svg .faint { opacity: .8; }
    svg .axis { fill: var(--soft); font-size: 13px; }
    svg .value { font-variant-numeric: tabular-nums; }
    svg .strong { font-weight: 700; }
    svg .grid { stroke: var(--line); stroke-width: 1; }
    svg .base { stroke: var(--soft); stroke-width: 1; }
    svg .chance { stroke: var(--warm); stroke-width: 1.5; stroke-dasharray: 4 4; }
    svg .ideal { stroke: var(--soft); stroke-width: 1.5; stroke-dasharray: 5 5; }
    svg .stem { stroke-width: 1.5; opacity: .28; }
    svg .whisker { stroke-width: 3; stroke-linecap: round; opacity: .55; }
    svg .cap { stroke-width: 1.5; }
    svg line.recipe { stroke: var(--recipe); } svg line.signal { stroke: var(--signal); }
    svg line.baseline { stroke: var(--baseline); }
    svg circle.recipe { fill: var(--recipe); } svg circle.signal { fill: var(--signal); }
    svg circle.baseline { fill: var(--baseline); } svg circle.happened { fill: var(--warm); }
    svg .dot { stroke: var(--card); stroke-width: 1.5; }
    svg circle.hollow { fill: var(--card); stroke: var(--recipe); stroke-width: 2; }
    svg .curve { fill: none; stroke: var(--recipe); stroke-width: 2; opacity: .7; }
    svg .curve.said { stroke-width: 1.5; opacity: .5; stroke-dasharray: 2 4; }
    svg .curve.happened { stroke: var(--warm); stroke-dasharray: 5 4; }
    svg .bar { fill: var(--bar); } svg .bar.loss { fill: var(--loss); }
    @media print { body { background: none; } .card, .tile { break-inside: avoid; } }
    """
}
