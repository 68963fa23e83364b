//! The names of the columns of a table of bets, as people and programs have them.

/// A column of a table of bets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    Date,
    Time,
    Stake,
    Odds,
    Result,
    Payout,
    Profit,
    ClosingOdds,
    ClosingOther,
    ClosingThird,
    ClosingFair,
    ClosingProbability,
    ClosingValue,
    ClosingLine,
    Probability,
    PriceProbability,
    ExpectedValue,
    MeanOdds,
    Market,
    Selection,
    Line,
    Book,
    Tag,
    Sport,
    League,
    Event,
    HomeTeam,
    AwayTeam,
    Commission,
    Kind,
    BackLay,
    Legs,
    EachWay,
    BetId,
    PlacedAt,
    Season,
    BankrollAfter,
    Status,
    FreeBet,
    Currency,
}

/// How many columns there are.
pub(super) const TARGETS: usize = NAMES.len();

/// A column as it is documented and found.
pub(super) struct Name {
    pub target: Target,
    /// The name for `--map`.
    pub name: &'static str,
    /// Other names, as [`normal`] makes them.
    pub others: &'static [&'static str],
}

const fn name(target: Target, name: &'static str, others: &'static [&'static str]) -> Name {
    Name {
        target,
        name,
        others,
    }
}

/// Every column in the order of [`Target`].
#[rustfmt::skip]
pub(super) const NAMES: [Name; 40] = [
    name(Target::Date, "date", &["eventdate", "matchdate", "gamedate", "day", "settleddate", "datesettled", "settledat", "settled", "betdate", "dateplaced", "placeddate", "datetime", "eventtime", "starttime", "kickoff", "commencetime", "timestamp", "created", "createdat", "betplaced", "timesettled", "settledtime", "timesettlediso", "datum", "spieldatum", "fecha", "data", "giorno", "dia", "día"]),
    name(Target::Time, "time", &["kickofftime", "timeofday", "clock"]),
    name(Target::Stake, "stake", &["stakes", "staked", "wager", "wagered", "wageramount", "amount", "amountstaked", "amountwagered", "stakeamount", "betamount", "betsize", "risk", "risked", "riskamount", "unit", "units", "unitsstaked", "unitstaked", "stakeunits", "size", "totalstake", "einsatz", "mise", "importe", "inzet", "puntata", "stawka", "insats"]),
    name(Target::Odds, "odds", &["price", "odd", "decimalodds", "oddsdecimal", "decodds", "americanodds", "usodds", "oddsamerican", "fractionalodds", "oddsfractional", "ukodds", "oddstaken", "takenodds", "betodds", "pricetaken", "takenprice", "oddsplaced", "openingodds", "totalodds", "combinedodds", "matchedodds", "oddsmatched", "avgoddsmatched", "averageoddsmatched", "matchedprice", "averageodds", "avgodds", "averageprice", "avgprice", "quote", "quoten", "cote", "cuota", "quota", "koers", "kurs"]),
    name(Target::Result, "result", &["outcome", "betresult", "betoutcome", "resultstatus", "wl", "winloss", "winlose", "wonlost", "winorloss", "won", "win", "wonlose", "wlp", "betwon", "iswin", "iswon", "settlement", "resultwl", "winlosspush", "wonloss", "ergebnis", "resultat", "résultat", "resultado", "risultato", "esito"]),
    name(Target::Payout, "payout", &["return", "returns", "returned", "totalreturn", "totalreturns", "payoutamount", "paidout", "totalpayout", "actualreturn", "amountreturned", "creditamount", "payoff", "auszahlung", "vincita"]),
    name(Target::Profit, "profit", &["pl", "pnl", "pandl", "profitloss", "profitandloss", "profitorloss", "plunits", "net", "netprofit", "netresult", "netreturn", "netpl", "gain", "gainloss", "profits", "unitswon", "profitunits", "unitswonlost", "netunits", "units+", "gewinn", "gewinnverlust", "bénéfice", "benefice", "beneficio", "ganancia", "profitto", "winst", "zysk", "winnings"]),
    name(Target::ClosingOdds, "closing_odds", &["closing", "close", "closingprice", "closeodds", "closeprice", "closinglineodds", "oddsclosing", "oddsclose", "clodds", "startingprice", "sp", "bsp", "finalodds", "pinnacleclosing", "pinnacleclosingodds", "pinnacleclose", "psclosing", "closingpinnacle", "closingoddspinnacle", "closingdecimal"]),
    name(Target::ClosingOther, "closing_odds_other", &["closingother", "closingoddsopposite", "oppositeclosingodds", "closingopposite", "closingoddsagainst", "closingoddsotherside", "otherclosingodds", "closingodds2", "closingopponent", "closingoddsopponent", "oppositeclosing", "closingotherodds", "closingotherside"]),
    name(Target::ClosingThird, "closing_odds_third", &["closingodds3", "closingthird", "closingoddsother2", "closingother2", "closingoddsdraw"]),
    name(Target::ClosingFair, "closing_fair_odds", &["fairclosingodds", "fairclosing", "novigclosingodds", "closingoddsnovig", "closingnovig", "novigclosing", "novigclose", "fairclose", "closingfair", "closingoddsfair", "closingfairprice", "devigclosing", "devigedclosing", "truecloseodds"]),
    name(Target::ClosingProbability, "closing_probability", &["closingprob", "closeprobability", "closingprobabilitynovig", "fairclosingprobability", "novigclosingprobability", "closingfairprobability"]),
    name(Target::ClosingValue, "closing_value", &[]),
    name(Target::ClosingLine, "closing_line", &["closeline"]),
    name(Target::Probability, "probability", &["prob", "p", "myprobability", "myprob", "ownprobability", "modelprobability", "modelprob", "estimatedprobability", "winprobability", "winprob", "trueprobability", "trueprob", "estprob", "predictedprobability"]),
    name(Target::PriceProbability, "price_probability", &["fairprobability", "novigprobability", "fairprob", "novigprob", "devigprobability", "marketprobability", "priceprob"]),
    name(Target::ExpectedValue, "expected_value", &["ev"]),
    name(Target::MeanOdds, "mean_odds", &[]),
    name(Target::Market, "market", &["markets", "marketname", "bettingmarket", "markettype", "bettypename", "markt", "marché", "mercado", "mercato", "wettart"]),
    name(Target::Selection, "selection", &["pick", "picks", "bet", "side", "selectionname", "runner", "backed", "betselection", "prediction", "tip", "betname", "tipp", "wette", "pronostic", "betinfo"]),
    name(Target::Line, "line", &["handicap", "spread", "points", "handicapline", "total"]),
    name(Target::Book, "book", &["bookmaker", "bookie", "bookmakers", "sportsbook", "sportsbooks", "bookmakername", "site", "exchange", "operator", "bettingsite", "buchmacher", "wettanbieter", "anbieter"]),
    name(Target::Tag, "tag", &["tags", "tipster", "capper", "strategy", "system", "model", "method", "label", "labels", "group", "category", "account", "categories", "strategies"]),
    name(Target::Sport, "sport", &["sports", "sportname", "discipline", "sportart", "deporte"]),
    name(Target::League, "league", &["competition", "tournament", "div", "division", "leaguename", "leagues", "liga", "wettbewerb"]),
    name(Target::Event, "event", &["match", "fixture", "game", "eventname", "matchname", "teams", "race", "matchup", "eventdescription", "description", "spiel", "begegnung", "partido", "partita", "intitulé"]),
    name(Target::HomeTeam, "home_team", &["home", "hometeam"]),
    name(Target::AwayTeam, "away_team", &["away", "awayteam"]),
    name(Target::Commission, "commission", &["comm", "commissionrate", "fee", "fees", "commissionpaid"]),
    name(Target::Kind, "type", &["bettype", "kind", "bettypes", "wagertype", "structure"]),
    name(Target::BackLay, "back_lay", &["bidtype", "backlay", "backorlay", "layback", "bl"]),
    name(Target::Legs, "legs", &["selections", "folds", "numberoflegs", "nlegs", "legcount", "numlegs", "numberofselections"]),
    name(Target::EachWay, "each_way", &["ew", "iseachway"]),
    name(Target::BetId, "bet_id", &["id", "betid", "betreference", "reference", "betref", "ticket", "ticketid", "receipt", "betslipid", "slipid", "ticketnumber", "betnumber"]),
    name(Target::PlacedAt, "placed_at", &["placed", "placedon", "timeplaced", "bettime", "placedtime"]),
    name(Target::Season, "season", &[]),
    name(Target::BankrollAfter, "bankroll_after", &["balanceafter"]),
    name(Target::Status, "status", &["betstatus", "state", "statut", "estado", "stato"]),
    name(Target::FreeBet, "free_bet", &["freebet", "freebets", "isfreebet", "freebetused", "freebetstake", "freebetamount", "freestake", "freeplay", "bonusbet", "bonusbets", "isbonusbet", "bonusstake", "bonusbetstake", "bonusbetamount", "bonuswager", "snr", "stakenotreturned", "gratiswette", "freiwette", "parigratuit", "apuestagratis", "scommessagratis"]),
    name(Target::Currency, "currency", &["ccy", "curr", "currencycode", "stakecurrency", "betcurrency", "accountcurrency", "währung", "devise", "moneda", "valuta", "waluta"]),
];

/// The name of a column without case, blanks, marks, and what stands in brackets or behind them.
pub(super) fn normal(name: &str) -> String {
    let mut depth = 0_usize;
    let mut plain = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            c if depth > 0 || !(c.is_alphanumeric() || c == '+') => {}
            c => plain.extend(c.to_lowercase()),
        }
    }
    plain
}

/// Whether a header is that of a record of bets: a stake, the odds, and how it ended.
pub(in crate::source::table) fn is_record(headers: &[String]) -> bool {
    let names: Vec<String> = headers.iter().map(|header| normal(header)).collect();
    let has = |target: Target| {
        let known = &NAMES[target as usize];
        names
            .iter()
            .any(|name| *name == normal(known.name) || known.others.contains(&name.as_str()))
    };
    let says_end = [
        Target::Result,
        Target::Payout,
        Target::Profit,
        Target::Status,
    ]
    .map(has);
    has(Target::Stake) && has(Target::Odds) && says_end.contains(&true)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn the_names_stand_in_the_order_of_their_targets() {
        for (place, known) in NAMES.iter().enumerate() {
            assert_eq!(known.target as usize, place, "{}", known.name);
        }
    }

    #[test]
    fn no_name_is_of_two_columns() {
        let mut seen = BTreeMap::new();
        for known in &NAMES {
            for name in known.others.iter().map(|name| (*name).to_owned()) {
                assert_eq!(normal(&name), name, "of {}", known.name);
                let before = seen.insert(name.clone(), known.name);
                assert_eq!(before, None, "{name}");
            }
        }
    }

    #[test]
    fn marks_and_brackets_are_no_part_of_a_name() {
        for (name, plain) in [
            ("Stake (£)", "stake"),
            ("P/L", "pl"),
            ("Bet Result", "betresult"),
            ("closing_odds [Pinnacle]", "closingodds"),
            ("Einsatz €", "einsatz"),
        ] {
            assert_eq!(normal(name), plain);
        }
    }
}
